"""The region as a map that is only asked: areas, terrain, sight and names; no file is opened here."""
