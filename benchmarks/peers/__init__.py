"""exactrelu beside regioncam and affinitree, on the same networks: ``make benchmark-peers``."""
