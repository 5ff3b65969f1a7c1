"""Heinecke & Hwang, "Deep Representation with ReLU Neural Networks".

The sentences are quoted from a transcription of the paper, so a fault that is found here may be the
transcription's: every refutation says "false as transcribed". Of the figures only the captions are known.
"""
