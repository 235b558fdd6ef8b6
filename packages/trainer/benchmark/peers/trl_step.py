"""Steps of TRL's GRPOTrainer on the CPU, one for each line that is read: run by ../trl.ts.

    python3 trl_step.py FOLDER PROMPTS SAMPLES TOKENS

The folder holds a model, its tokenizer and prompts.json. A step samples a group for each prompt, rewards completions of an even
number of characters, and updates the policy once with a learning rate of 0: Dr.GRPO, no reference, float32, no gradient
checkpointing, as many threads as PyTorch takes by itself. Prints one line of JSON for each step, {"seconds", "tokens"}.
"""
import json
import sys
import time
from pathlib import Path

import datasets
import torch
import transformers
import trl

folder = Path(sys.argv[1])
prompts, samples, tokens = map(int, sys.argv[2:])
transformers.logging.set_verbosity_error()
datasets.disable_progress_bars()
lengths = []


def even(completions, completion_ids, **_):
    lengths.extend(len(ids) for ids in completion_ids)
    return [1.0 if len(text) % 2 == 0 else 0.0 for text in completions]


class Turns(transformers.TrainerCallback):
    """Waits for a line before each step."""

    def on_step_begin(self, *_, **__):
        if sys.stdin.readline() == "":
            sys.exit()
        lengths.clear()
        self.started = time.perf_counter()

    def on_step_end(self, *_, **__):
        seconds = time.perf_counter() - self.started
        print(json.dumps({"seconds": seconds, "tokens": sum(lengths)}), file=out, flush=True)


# The trainer prints to the standard output as it likes.
out, sys.stdout = sys.stdout, sys.stderr
texts = json.loads((folder / "prompts.json").read_text())
trainer = trl.GRPOTrainer(
    model=transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),
    processing_class=transformers.AutoTokenizer.from_pretrained(folder, padding_side="left", pad_token="<|endoftext|>"),
    reward_funcs=even,
    train_dataset=datasets.Dataset.from_list([{"prompt": text} for text in texts]),
    args=trl.GRPOConfig(
        output_dir=str(folder / "out"),
        use_cpu=True,
        bf16=False,
        per_device_train_batch_size=prompts * samples,
        num_generations=samples,
        max_completion_length=tokens,
        temperature=1.0,
        beta=0.0,
        loss_type="dr_grpo",
        scale_rewards="none",
        learning_rate=0.0,
        lr_scheduler_type="constant",
        gradient_checkpointing=False,
        max_steps=1_000_000,
        logging_strategy="no",
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    ),
    callbacks=[Turns()],
)
versions = f"torch {torch.__version__}, transformers {transformers.__version__}, trl {trl.__version__}"
print(json.dumps(f"{versions}, {torch.get_num_threads()} threads"), file=out, flush=True)
trainer.train()
