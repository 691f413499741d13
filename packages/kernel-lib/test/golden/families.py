"""Makes small random models of every family with transformers, and what they compute.

    python families.py [NAME …]   (torch 2.13, transformers 5.23)

Writes families/<name>/config.json, model.safetensors and expected.safetensors, of all models unless some are named. The latter holds, for
each case, `<case>.ids` (and types, mask, targetIds, pixels …), hidden states, the attention of every layer, and the heads' outputs.
"""

import json
import os
import shutil
import sys

import numpy
import torch
import transformers
from safetensors.numpy import save_file
from transformers import (
    AlbertConfig, AlbertForMaskedLM, AlbertModel,
    BartConfig, BartForConditionalGeneration, BartForSequenceClassification,
    BertConfig, BertForMaskedLM, BertForPreTraining, BertForSequenceClassification, BertModel,
    CamembertConfig, CamembertForMaskedLM,
    DistilBertConfig, DistilBertForMaskedLM, DistilBertForSequenceClassification,
    ElectraConfig, ElectraForMaskedLM, ElectraForPreTraining,
    GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel,
    LlamaConfig, LlamaForCausalLM,
    MarianConfig, MarianMTModel,
    MistralConfig, MistralForCausalLM,
    MT5Config, MT5ForConditionalGeneration,
    Qwen2Config, Qwen2ForCausalLM,
    RobertaConfig, RobertaForMaskedLM,
    T5Config, T5EncoderModel, T5ForConditionalGeneration,
    ViTConfig, ViTForImageClassification, ViTModel,
    XLMRobertaConfig, XLMRobertaForSequenceClassification,
)

torch.set_num_threads(1)
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "families")


def randomise(model, seed):
    """Weights large enough that attention is far from uniform, norms and biases away from 1 and 0."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if not weight.requires_grad:  # Marian's sines
                continue
            noise = torch.randn(weight.shape, generator=generator)
            if weight.ndim == 1 and ("norm" in name.lower() or "ln_" in name) and name.endswith("weight"):
                weight.copy_(1 + 0.2 * noise)
            elif weight.ndim == 1:
                weight.copy_(0.2 * noise)
            else:
                weight.copy_(noise * (1.2 / weight.shape[-1] ** 0.5))
        if hasattr(model, "final_logits_bias"):
            model.final_logits_bias.copy_(0.2 * torch.randn(model.final_logits_bias.shape, generator=generator))


def arrays(case, outputs, heads):
    found = {}

    def keep(name, values):
        for i, value in enumerate(values or ()):
            found[f"{case}.{name}.{i}"] = value

    keep("encoder.hidden", outputs.get("encoder_hidden_states") or (outputs.get("hidden_states") if heads["stack"] == "encoder" else None))
    keep("decoder.hidden", outputs.get("decoder_hidden_states") or (outputs.get("hidden_states") if heads["stack"] == "decoder" else None))
    keep("encoder.attention", outputs.get("encoder_attentions") or (outputs.get("attentions") if heads["stack"] == "encoder" else None))
    keep("decoder.attention", outputs.get("decoder_attentions") or (outputs.get("attentions") if heads["stack"] == "decoder" else None))
    keep("cross.attention", outputs.get("cross_attentions"))
    for head, field in heads["fields"].items():
        found[f"{case}.{head}"] = outputs[field]
    return found


def write(name, model, cases, stack="encoder", fields=None, generate=None, last=False, **saving):
    if sys.argv[1:] and name not in sys.argv[1:]:
        return
    randomise(model, sum(map(ord, name)))
    model.eval()
    folder = os.path.join(here, name)
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder, **saving)
    for extra in os.listdir(folder):
        if not (extra == "config.json" or extra.startswith("model")):
            os.remove(os.path.join(folder, extra))
    expected = {}
    with torch.no_grad():
        for case, inputs in cases.items():
            names = {"input_ids": "ids", "attention_mask": "mask", "token_type_ids": "types", "decoder_input_ids": "targetIds",
                     "decoder_attention_mask": "targetMask", "pixel_values": "pixels"}
            for key, value in inputs.items():
                expected[f"{case}.{names[key]}"] = value
            outputs = model(**inputs, output_attentions=True, output_hidden_states=True)
            expected |= arrays(case, outputs, {"stack": stack, "fields": fields or {}})
            if last:  # what a norm after the layers makes of their last hidden state
                expected[f"{case}.lastHiddenState"] = model.base_model(**inputs).last_hidden_state
            if generate and case in generate:
                kept = {k: v for k, v in inputs.items() if not k.startswith("decoder_")}
                expected[f"{case}.generated"] = model.generate(**kept, do_sample=False, num_beams=1, **generate[case])
    plain = {k: (v.float() if v.is_floating_point() else v.int()).contiguous().numpy() for k, v in expected.items()}
    save_file(plain, os.path.join(folder, "expected.safetensors"), metadata={"transformers": transformers.__version__})


def ids(*lengths, vocabulary, padding, width=None, seed=0, left=False):
    """Rows of ids of the given lengths, padded to the longest, with their mask."""
    rng = numpy.random.default_rng(seed)
    width = width or max(lengths)
    rows, masks = [], []
    for length in lengths:
        row = [int(i) for i in rng.choice([i for i in range(vocabulary) if i != padding], length)]
        blank, shown = [padding] * (width - length), [1] * length
        rows.append(blank + row if left else row + blank)
        masks.append([0] * (width - length) + shown if left else shown + [0] * (width - length))
    return {"input_ids": torch.tensor(rows), "attention_mask": torch.tensor(masks)}


def with_types(inputs, starts):
    kept = dict(inputs)
    kept["token_type_ids"] = torch.tensor(
        [[int(t >= start) for t in range(inputs["input_ids"].shape[1])] for start in starts]
    )
    return kept


def text_cases(vocabulary, padding, longest, types=True):
    cases = {
        "single": ids(7, vocabulary=vocabulary, padding=padding, seed=1),
        "padded": ids(11, 5, 1, vocabulary=vocabulary, padding=padding, seed=2),
        "longest": ids(longest, vocabulary=vocabulary, padding=padding, seed=3),
    }
    if types:
        cases["pairs"] = with_types(ids(5, 7, vocabulary=vocabulary, padding=padding, seed=4), [2, 3])
    return cases


bert = dict(vocab_size=37, hidden_size=12, num_attention_heads=3, intermediate_size=20, num_hidden_layers=2,
            max_position_embeddings=17, type_vocab_size=2, attn_implementation="eager")

write("bert-pretraining", BertForPreTraining(BertConfig(**{**bert, "num_hidden_layers": 3})), text_cases(37, 0, 17),
      fields={"logits": "prediction_logits", "nextSentence": "seq_relationship_logits"})
write("bert-one-head", BertModel(BertConfig(**{**bert, "num_attention_heads": 1, "num_hidden_layers": 1, "hidden_act": "gelu_new",
                                               "layer_norm_eps": 1e-5})), text_cases(37, 0, 17), fields={"pooled": "pooler_output"})
write("bert-classifier", BertForSequenceClassification(BertConfig(**{**bert, "hidden_act": "relu"}, num_labels=3)),
      text_cases(37, 0, 17), fields={"classes": "logits"}, max_shard_size="6KB")

write("roberta-masked", RobertaForMaskedLM(RobertaConfig(**{**bert, "type_vocab_size": 1, "max_position_embeddings": 19})),
      text_cases(37, 1, 17, types=False), fields={"logits": "logits"})
write("xlm-roberta-classifier", XLMRobertaForSequenceClassification(XLMRobertaConfig(**{**bert, "type_vocab_size": 1,
      "max_position_embeddings": 19, "num_attention_heads": 2}, num_labels=5)), text_cases(37, 1, 17, types=False), fields={"classes": "logits"})

write("camembert-masked", CamembertForMaskedLM(CamembertConfig(**{**bert, "type_vocab_size": 1, "max_position_embeddings": 19,
      "num_attention_heads": 4, "hidden_act": "gelu_new"})), text_cases(37, 1, 17, types=False), fields={"logits": "logits"})

distilbert = dict(vocab_size=37, dim=12, n_heads=3, hidden_dim=20, n_layers=2, max_position_embeddings=17, attn_implementation="eager")
write("distilbert-masked", DistilBertForMaskedLM(DistilBertConfig(**distilbert)), text_cases(37, 0, 17, types=False),
      fields={"logits": "logits"})
write("distilbert-classifier", DistilBertForSequenceClassification(DistilBertConfig(**{**distilbert, "n_heads": 2, "activation": "relu"})),
      text_cases(37, 0, 17, types=False), fields={"classes": "logits"})

write("albert-masked", AlbertForMaskedLM(AlbertConfig(**{**bert, "num_hidden_layers": 5}, embedding_size=7, num_hidden_groups=2)),
      text_cases(37, 0, 17), fields={"logits": "logits"})
write("albert-inner", AlbertModel(AlbertConfig(**{**bert, "num_hidden_layers": 2}, embedding_size=5, inner_group_num=2, hidden_act="gelu")),
      text_cases(37, 0, 17), fields={"pooled": "pooler_output"})

write("electra-generator", ElectraForMaskedLM(ElectraConfig(**bert, embedding_size=7)), text_cases(37, 0, 17), fields={"logits": "logits"})
write("electra-discriminator", ElectraForPreTraining(ElectraConfig(**{**bert, "num_attention_heads": 2}, embedding_size=12)),
      text_cases(37, 0, 17), fields={"replaced": "logits"})

gpt2 = dict(vocab_size=41, n_embd=12, n_head=3, n_layer=2, n_positions=17, bos_token_id=0, eos_token_id=40, attn_implementation="eager")
decoder_cases = lambda vocabulary: {**text_cases(vocabulary, 0, 17, types=False),
                                    "leftPadded": ids(7, 3, vocabulary=vocabulary, padding=0, left=True, seed=5)}
write("gpt2", GPT2LMHeadModel(GPT2Config(**gpt2)), decoder_cases(41), "decoder", {"logits": "logits"},
      {"single": dict(max_new_tokens=9, pad_token_id=0)})
write("gpt2-scaled-by-layer", GPT2LMHeadModel(GPT2Config(**{**gpt2, "n_layer": 3, "n_head": 2}, n_inner=20, scale_attn_by_inverse_layer_idx=True)),
      decoder_cases(41), "decoder", {"logits": "logits"})

llama = dict(vocab_size=41, hidden_size=24, intermediate_size=20, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2,
             max_position_embeddings=17, attn_implementation="eager", bos_token_id=1, eos_token_id=40)
write("llama-grouped", LlamaForCausalLM(LlamaConfig(**llama)), decoder_cases(41), "decoder", {"logits": "logits"},
      {"single": dict(max_new_tokens=9, pad_token_id=0)})
write("llama-scaled-rope", LlamaForCausalLM(LlamaConfig(**{**llama, "num_hidden_layers": 1, "num_key_value_heads": 3}, head_dim=6, attention_bias=True,
      mlp_bias=True, tie_word_embeddings=True, rope_parameters={"rope_type": "llama3", "rope_theta": 500000.0, "factor": 8.0,
      "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 13})), decoder_cases(41), "decoder", {"logits": "logits"})
write("mistral-window", MistralForCausalLM(MistralConfig(**llama, sliding_window=5)), decoder_cases(41), "decoder", {"logits": "logits"})
write("qwen2", Qwen2ForCausalLM(Qwen2Config(**llama, tie_word_embeddings=True)), decoder_cases(41), "decoder", {"logits": "logits"})


def pair_cases(vocabulary, padding, longest, target_vocabulary=None):
    def both(source, target):
        return {**source, "decoder_input_ids": target["input_ids"], "decoder_attention_mask": target["attention_mask"]}

    def draw(*lengths, seed, size=vocabulary):
        return ids(*lengths, vocabulary=size, padding=padding, seed=seed)

    size = target_vocabulary or vocabulary
    return {
        "single": both(draw(7, seed=1), draw(5, seed=6, size=size)),
        "padded": both(draw(11, 5, 2, seed=2), draw(3, 7, 1, seed=7, size=size)),
        "longest": both(draw(longest, seed=3), draw(13, seed=8, size=size)),
    }


t5 = dict(vocab_size=41, d_model=12, d_kv=5, d_ff=20, num_heads=3, num_layers=2, relative_attention_num_buckets=8,
          relative_attention_max_distance=11, decoder_start_token_id=0, attn_implementation="eager")
write("t5", T5ForConditionalGeneration(T5Config(**t5)), pair_cases(41, 0, 29), None, {"logits": "logits"},
      {"single": dict(max_new_tokens=9), "longest": dict(max_new_tokens=9)})
write("t5-gated", T5ForConditionalGeneration(T5Config(**{**t5, "num_heads": 2}, num_decoder_layers=1, feed_forward_proj="gated-gelu",
      tie_word_embeddings=False)), pair_cases(41, 0, 29), None, {"logits": "logits"})

write("mt5", MT5ForConditionalGeneration(MT5Config(**{**t5, "d_kv": 7, "num_layers": 3, "num_heads": 2}, num_decoder_layers=2)),
      pair_cases(41, 0, 29), None, {"logits": "logits"}, {"single": dict(max_new_tokens=9)})

bart = dict(vocab_size=41, d_model=12, encoder_layers=2, decoder_layers=2, encoder_attention_heads=3, decoder_attention_heads=2,
            encoder_ffn_dim=20, decoder_ffn_dim=14, max_position_embeddings=19, pad_token_id=1, bos_token_id=0, eos_token_id=2,
            decoder_start_token_id=2, forced_eos_token_id=None, attn_implementation="eager")
write("bart", BartForConditionalGeneration(BartConfig(**bart)), pair_cases(41, 1, 19), None, {"logits": "logits"},
      {"single": dict(max_new_tokens=9)})
write("bart-scaled", BartForConditionalGeneration(BartConfig(**{**bart, "encoder_layers": 1, "decoder_layers": 3, "encoder_attention_heads": 4,
      "decoder_attention_heads": 3, "activation_function": "relu", "scale_embedding": True})), pair_cases(41, 1, 19), None, {"logits": "logits"})
marian = {**bart, "pad_token_id": 40, "eos_token_id": 0, "decoder_start_token_id": 40, "bos_token_id": None}
write("marian", MarianMTModel(MarianConfig(**marian, scale_embedding=True, activation_function="swish")), pair_cases(41, 40, 19), None,
      {"logits": "logits"}, {"single": dict(max_new_tokens=9)})
write("marian-two-vocabularies", MarianMTModel(MarianConfig(**{**marian, "decoder_layers": 1}, decoder_vocab_size=43,
      share_encoder_decoder_embeddings=False, tie_word_embeddings=False)), pair_cases(41, 40, 19, 43), None, {"logits": "logits"})


def image_cases(channels, height, width):
    generator = torch.Generator().manual_seed(9)
    return {"single": {"pixel_values": torch.randn(1, channels, height, width, generator=generator)},
            "batch": {"pixel_values": torch.randn(2, channels, height, width, generator=generator)}}


vit = dict(hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20, image_size=21, patch_size=7, num_channels=3,
           attn_implementation="eager")
write("vit-classifier", ViTForImageClassification(ViTConfig(**vit, num_labels=5)), image_cases(3, 21, 21), fields={"classes": "logits"}, last=True)
write("vit-oblong", ViTModel(ViTConfig(**{**vit, "image_size": [10, 21], "patch_size": [5, 3], "num_channels": 1}, qkv_bias=False)),
      image_cases(1, 10, 21), fields={"pooled": "pooler_output"}, last=True)
# 4 columns and 2 rows of pixels are left over, which no patch covers
write("vit-remainder", ViTModel(ViTConfig(**{**vit, "image_size": [23, 25]})), image_cases(3, 23, 25), fields={"pooled": "pooler_output"}, last=True)

# an output matrix and a bias of its own: `decoder.bias` is added, `predictions.bias` is not
untied = {**bert, "tie_word_embeddings": False}
write("bert-untied", BertForMaskedLM(BertConfig(**untied)), text_cases(37, 0, 17), fields={"logits": "logits"})
write("roberta-untied", RobertaForMaskedLM(RobertaConfig(**{**untied, "type_vocab_size": 1, "max_position_embeddings": 19})),
      text_cases(37, 1, 17, types=False), fields={"logits": "logits"})
write("albert-untied", AlbertForMaskedLM(AlbertConfig(**untied, embedding_size=7)), text_cases(37, 0, 17), fields={"logits": "logits"})

# an encoder without its decoder, of which its config still tells
write("t5-encoder", T5EncoderModel(T5Config(**t5, feed_forward_proj="gated-gelu")),
      {"single": ids(7, vocabulary=41, padding=0, seed=1), "padded": ids(11, 5, 2, vocabulary=41, padding=0, seed=2)}, last=True)

# classifiers: their output matrix is no table of words, so there are no logits of tokens
write("gpt2-classifier", GPT2ForSequenceClassification(GPT2Config(**gpt2, num_labels=3, pad_token_id=0)),
      text_cases(41, 0, 17, types=False), "decoder", last=True)


class Classifier(BartForSequenceClassification):
    """Attention alone: its own head looks for end tokens, which these texts have in other places."""

    def forward(self, **inputs):
        return self.model(**inputs)


Classifier.__name__ = "BartForSequenceClassification"
write("bart-classifier", Classifier(BartConfig(**bart, num_labels=3)), pair_cases(41, 1, 19), None, last=True)

for name in sorted(os.listdir(here)):
    config = json.load(open(os.path.join(here, name, "config.json")))
    size = sum(os.path.getsize(os.path.join(here, name, file)) for file in os.listdir(os.path.join(here, name)))
    print(f"{name:28} {config['model_type']:12} {size / 1000:7.1f} kB")
