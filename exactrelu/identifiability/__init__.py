"""What a network's function says about its parameters: symmetries, functional dimension, recovery."""
