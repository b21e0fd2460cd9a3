"""The campaign against the promotion protocol: every interleaving of a model, every fault, and races of processes."""
