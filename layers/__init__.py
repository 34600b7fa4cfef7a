"""The left hand: files of the world in, checked layers out."""
