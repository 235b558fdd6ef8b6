"""A training step and `generate` of Transformers on PyTorch, timed: run by ../peer.ts.

    python3 transformers_speed.py FOLDER BATCH LENGTH ROWS PROMPT NEW

prints {"loss", "train_ms", "decode_tokens_per_second", "versions"} as JSON. A step is forward, mean cross-entropy of the
next tokens, backward and AdamW in float32, on as many threads as PyTorch takes by itself.
"""
import json
import sys
import time

import torch
import transformers

folder = sys.argv[1]
batch, length, rows, prompt, new = map(int, sys.argv[2:])
transformers.logging.set_verbosity_error()
model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
vocabulary = model.config.vocab_size


def tokens(count, width):
    return torch.tensor([[(7 * b + 13 * t * t + 5 * t) % vocabulary for t in range(width)] for b in range(count)])


def median(run, warm_up, times):
    durations = []
    for index in range(warm_up + times):
        started = time.perf_counter()
        value = run()
        if index >= warm_up:
            durations.append(time.perf_counter() - started)
    return sorted(durations)[len(durations) // 2], value


generation = dict(
    max_new_tokens=new,
    min_new_tokens=new,
    do_sample=True,
    temperature=1.0,
    top_k=0,
    top_p=1.0,
    repetition_penalty=1.0,
    eos_token_id=None,
    pad_token_id=0,
)
prompts = tokens(rows, prompt)
model.eval()
with torch.inference_mode():
    seconds, _ = median(lambda: model.generate(prompts, attention_mask=torch.ones_like(prompts), **generation), 2, 5)

ids = tokens(batch, length)
# A rate of 0 keeps every step as long as the first, and the loss the same.
optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.999), weight_decay=0.01)
model.train()


def step():
    loss = model(input_ids=ids, labels=ids, use_cache=False).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


train, loss = median(step, 3, 9)
print(
    json.dumps(
        {
            "loss": loss,
            "train_ms": 1000 * train,
            "decode_tokens_per_second": rows * new / seconds,
            "versions": f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads",
        }
    )
)
