"""Networks as files.

`layers` that saved ones need, classifiers trained on ImageNet (`pretrained`), and those that lessons hand on
(`checkpoints`).
"""
