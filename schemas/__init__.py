"""The words of Fenghuo: Structs only, with units and ranges."""
