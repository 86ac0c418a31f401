"""A function of a thousand variables gone down by hand in PyTorch, without an optimizer."""

import torch

x = torch.zeros(1000, dtype=torch.float64, requires_grad=True)
for _ in range(2000):
    loss = ((x - 1) ** 2).sum() + (x[1:] * x[:-1]).sum() / 4
    loss.backward()
    with torch.no_grad():
        x -= 0.1 * x.grad
        x.grad.zero_()
