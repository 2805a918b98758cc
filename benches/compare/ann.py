"""Trains 784-800-10 with rectifiers on the images of an NPZ file, once for each seed; see ann.mjs."""

import argparse
import json
import time

import numpy as np

HIDDEN = 800
CLASSES = 10
SIDE = 28
EMA = 0.999
BETAS = (0.9, 0.999)


def moved(images, shift, random):
    """Each image moved by up to `shift` pixels in both directions; pixels that leave it are lost."""
    if shift == 0:
        return images
    padded = np.pad(images.reshape(-1, SIDE, SIDE), ((0, 0), (shift, shift), (shift, shift)))
    down, right = random.integers(0, 2 * shift + 1, (2, len(images), 1, 1))
    rows = down + np.arange(SIDE)[:, None]
    columns = right + np.arange(SIDE)[None, :]
    return padded[np.arange(len(images))[:, None, None], rows, columns].reshape(len(images), -1)


def drawn(random):
    """Weights after He, biases 0."""

    def layer(inputs, outputs):
        return (random.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32)

    return [layer(SIDE**2, HIDDEN), np.zeros(HIDDEN, np.float32), layer(HIDDEN, CLASSES), np.zeros(CLASSES, np.float32)]


def outputs(weights, x):
    hidden = np.maximum(x @ weights[0] + weights[1], 0)
    return hidden, hidden @ weights[2] + weights[3]


def gradients(weights, x, labels):
    """Of the mean cross-entropy."""
    hidden, z = outputs(weights, x)
    z = np.exp(z - z.max(1, keepdims=True))
    error = z / z.sum(1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    back = (error @ weights[2].T) * (hidden > 0)
    return [x.T @ back, back.sum(0), hidden.T @ error, error.sum(0)]


def accuracy(weights, pixels, labels):
    right = 0
    for start in range(0, len(labels), 1000):
        x = pixels[start : start + 1000].astype(np.float32) / 255
        right += int((outputs(weights, x)[1].argmax(1) == labels[start : start + 1000]).sum())
    return right / len(labels)


def train(data, seed, args):
    random = np.random.default_rng(seed)
    weights = drawn(random)
    moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
    average = [w.copy() for w in weights]
    pixels, labels = data["trainPixels"], data["trainLabels"]
    per_epoch = -(-len(labels) // args.batch)
    updates = per_epoch * args.epochs
    best = (0.0, 0, None)
    step = 0
    for epoch in range(args.epochs):
        order = random.permutation(len(labels))
        for start in range(0, len(order), args.batch):
            rows = order[start : start + args.batch]
            x = moved(pixels[rows], args.shift, random).astype(np.float32) / 255
            x *= random.random(x.shape, np.float32) >= args.dropout
            # Half an epoch of warm-up, then half a cosine to 0.
            rate = args.rate * min(1, (step + 1) / (per_epoch / 2)) * (1 + np.cos(np.pi * step / updates)) / 2
            step += 1
            scale = rate * np.sqrt(1 - BETAS[1] ** step) / (1 - BETAS[0] ** step)
            for w, g, (m, v), a in zip(weights, gradients(weights, x, labels[rows]), moments, average, strict=True):
                m += (1 - BETAS[0]) * (g - m)
                v += (1 - BETAS[1]) * (g * g - v)
                w -= scale * m / (np.sqrt(v) + 1e-8)
                a += (1 - min(EMA, step / (step + 10))) * (w - a)
        validation = accuracy(average, data["validationPixels"], data["validationLabels"])
        if validation > best[0]:
            best = (validation, epoch, [a.copy() for a in average])
        print(f"seed {seed}, epoch {epoch}: validation {100 * validation:.2f} %", flush=True)
    return {"seed": seed, "epoch": best[1], "validation": best[0], "test": accuracy(best[2], data["testPixels"], data["testLabels"])}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--seeds", type=lambda text: [int(one) for one in text.split(",")])
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--shift", type=int)
    parser.add_argument("--dropout", type=float)
    parser.add_argument("--out")
    args = parser.parse_args()
    loaded = np.load(args.file)
    data = {name: loaded[name] for name in loaded.files}
    for name in ("train", "validation", "test"):
        data[f"{name}Pixels"] = data[f"{name}Pixels"].reshape(-1, SIDE**2)
    began = time.time()
    runs = []
    for seed in args.seeds:
        runs.append(train(data, seed, args))
        print(f"seed {seed}: test {100 * runs[-1]['test']:.2f} %, {time.time() - began:.0f} s", flush=True)
        if args.out:
            settings = {name: value for name, value in vars(args).items() if name not in ("file", "out")}
            with open(args.out, "w", encoding="utf8") as file:
                json.dump({"settings": settings, "runs": runs}, file, indent=2)
                file.write("\n")
    tests = np.array([run["test"] for run in runs]) * 100
    print(f"test {tests.mean():.2f} ± {tests.std(ddof=1) if len(tests) > 1 else 0:.2f} %")


if __name__ == "__main__":
    main()
