"""A training step and `generate` of Transformers on PyTorch, timed on request: run by ../peer.ts.

    python3 transformers_speed.py FOLDER BATCH PROMPT COMPLETION

reads a line of JSON for each request, {"do": "train" | "decode", "times": N}, and prints one for each, {"seconds": [...],
"loss": ...}. A step is forward, mean cross-entropy of the completions' tokens, backward and AdamW in float32, on as many
threads as PyTorch takes by itself; decoding is plain sampling at temperature 1 with a key/value cache.
"""
import json
import sys
import time

import torch
import transformers

folder = sys.argv[1]
batch, prompt, completion = map(int, sys.argv[2:])
transformers.logging.set_verbosity_error()
model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
vocabulary = model.config.vocab_size
ids = torch.tensor(
    [[(7 * b + 13 * t * t + 5 * t) % vocabulary for t in range(prompt + completion)] for b in range(batch)]
)
# A rate of 0 keeps every step as long as the first, and the loss the same.
optimizer = torch.optim.AdamW(model.parameters(), lr=0.0, betas=(0.9, 0.999), weight_decay=0.01)


def train():
    model.train()
    # As GRPO's trainers do it: scores of the completion only.
    logits = model(input_ids=ids, use_cache=False, logits_to_keep=completion + 1).logits[:, :-1]
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, prompt:].flatten())
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()


def decode():
    model.eval()
    prompts = ids[:, :prompt]
    with torch.inference_mode():
        model.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            max_new_tokens=completion,
            min_new_tokens=completion,
            do_sample=True,
            temperature=1.0,
            top_k=0,
            top_p=1.0,
            repetition_penalty=1.0,
            eos_token_id=None,
            pad_token_id=0,
        )


print(
    json.dumps(
        f"torch {torch.__version__}, transformers {transformers.__version__}, {torch.get_num_threads()} threads"
    ),
    flush=True,
)
for line in sys.stdin:
    request = json.loads(line)
    run = {"train": train, "decode": decode}[request["do"]]
    seconds = []
    for _ in range(request["times"]):
        started = time.perf_counter()
        value = run()
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": seconds, "loss": value}), flush=True)
