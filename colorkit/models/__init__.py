"""Networks in words and in files.

Convolutions in one word (`spec`), how far a network sees (`sight`), `layers` that saved networks need, classifiers
trained on ImageNet (`pretrained`), and networks that lessons hand on (`checkpoints`).
"""
