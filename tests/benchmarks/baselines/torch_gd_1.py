"""The notes' torchGd1: 5,000 steps on x² - 4x + 4 with torch.optim, written by hand."""
# ruff: noqa: T201

import torch

torch.manual_seed(0)

x = torch.nn.Parameter(torch.randn(1))
optimizer = torch.optim.SGD([x], lr=0.001)

for step in range(5000):
    optimizer.zero_grad()
    loss = x * x - 4 * x + 4
    loss.backward()
    optimizer.step()
    if (step + 1) % 100 == 0:
        print(step, x.item(), loss.item())
