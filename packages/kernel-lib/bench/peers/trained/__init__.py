"""The trained systems of ../../train-systems.ts in PyTorch."""
