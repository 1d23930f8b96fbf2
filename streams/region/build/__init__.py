"""Building a region: files in any form and frame in, one checked folder of layers out."""
