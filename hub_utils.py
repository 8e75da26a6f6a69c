"""The bundle at home on the Hugging Face Hub: its model card."""

import json
from pathlib import Path

from sentiment import bundle, files

TEMPLATE = Path(__file__).with_name("model_card.md")
MODEL_NAME = "imdb-lstm"


def write_card(folder: Path) -> None:
    """Render model_card.md with a bundle's own numbers, as the bundle's README.md."""
    from huggingface_hub import EvalResult, ModelCard, ModelCardData

    manifest = bundle.read_manifest(folder)
    metrics = json.loads(bundle.read_verified(folder, manifest, bundle.METRICS))
    test, dataset = metrics["test"], metrics["dataset"]["name"]
    on_hub = "/" in dataset
    card_data = ModelCardData(
        model_name=MODEL_NAME,
        library_name="keras",
        pipeline_tag="text-classification",
        language="en",
        license="mit",
        datasets=[dataset] if on_hub else None,
        metrics=["accuracy", "f1", "roc_auc"],
        tags=["sentiment-analysis", manifest.recipe["model"]["cell"], "onnx"],
        eval_results=[
            EvalResult(
                task_type="text-classification",
                dataset_type=dataset,
                dataset_name=dataset,
                dataset_split="test",
                metric_type=name,
                metric_value=round(test[name], 4),
            )
            for name in ("accuracy", "f1", "roc_auc", "log_loss")
        ],
    )
    card = ModelCard.from_template(
        card_data, template_path=str(TEMPLATE), manifest=manifest, **metrics
    )
    files.write_text(folder / bundle.CARD, str(card))
    bundle.write_manifest(folder, manifest)
