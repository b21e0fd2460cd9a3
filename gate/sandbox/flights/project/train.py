"""Train the destination model: to which airport does a flight go, judged by its schedule alone?"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from clearml import Dataset, Task
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

PARAMETERS = {
    "dataset_version": "1.0.0",
    "dataset_id": "",
    "features": ["carrier", "origin", "departure", "arrival", "weekday"],
    "trees": 24,
    "max_depth": None,
    "min_samples_leaf": 4,
    "rows_per_tree": 0.5,
    "seed": 7,
}
PIN = Path("retrain.json")
TEST_MONTH = 4
CURVE_POINTS = 24
TOP_K = 5


def pinned():
    """The dataset that this commit is to be trained on, where somebody chose one: it goes before the version."""
    return {"dataset_id": json.loads(PIN.read_text())["dataset_id"]} if PIN.exists() else {}


def load(name, version, alias, ident=""):
    """All flights of one dataset version, as one table."""
    which = {"dataset_id": ident} if ident else {"dataset_project": "Flights", "dataset_name": name}
    dataset = Dataset.get(**which, dataset_version=None if ident else version, alias=alias)
    return pd.read_parquet(dataset.get_local_copy())


def held_back(flights):
    """Split off a twentieth of the flights, to draw the learning curve with."""
    fitting, watching = train_test_split(flights, test_size=0.05, random_state=PARAMETERS["seed"])
    return fitting, watching[watching["destination"].isin(fitting["destination"].unique())]


def loss_of(probabilities, truth):
    """Mean log-loss of the held-back flights; ``truth`` is the column of each one's destination."""
    losses = -np.log(np.clip(probabilities[np.arange(len(truth)), truth], 1e-6, 1))
    return losses.mean()


def grow(fitting, watching, logger):
    """Grow the forest in steps, and report the loss of the held-back flights after each."""
    forest = RandomForestClassifier(
        max_depth=PARAMETERS["max_depth"],
        min_samples_leaf=PARAMETERS["min_samples_leaf"],
        max_samples=PARAMETERS["rows_per_tree"],
        random_state=PARAMETERS["seed"],
        warm_start=True,
    )
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    encoder = make_column_transformer((codes, PARAMETERS["features"]))
    rows, unseen = encoder.fit_transform(fitting), encoder.transform(watching)
    destinations, answers = np.unique(fitting["destination"], return_inverse=True)
    truth = np.searchsorted(destinations, watching["destination"])
    votes, grown = 0, 0
    for step in range(1, CURVE_POINTS + 1):
        forest.set_params(n_estimators=PARAMETERS["trees"] * step // CURVE_POINTS)
        forest.fit(rows, answers)
        votes += sum(tree.predict_proba(unseen) for tree in forest.estimators_[grown:])
        grown = len(forest.estimators_)
        logger.report_scalar("learning", "loss", loss_of(votes / grown, truth), step)
    return make_pipeline(encoder, forest), destinations


def predict(model, destinations, flights):
    """One row per flight: the truth, the answer, how sure, and the five best guesses."""
    probabilities = model.predict_proba(flights)
    ranked = destinations[np.argsort(-probabilities, axis=1)[:, :TOP_K]]
    answers = flights[["id", "timestamp", "origin", "carrier"]].assign(y_true=flights["destination"])
    return answers.assign(y_pred=ranked[:, 0], confidence=probabilities.max(axis=1), top_k=list(ranked))


def report(answers, logger):
    """Scores of the test month: two scalars, a table by destination, and the confusion matrix."""
    truth, answer = answers["y_true"], answers["y_pred"]
    names = sorted(set(truth) | set(answer))
    matrix = pd.crosstab(truth, answer).reindex(index=names, columns=names, fill_value=0).to_numpy()
    right, asked, answered = matrix.diagonal(), matrix.sum(axis=1), matrix.sum(axis=0)
    by_class = pd.DataFrame(
        {
            "recall": right / np.maximum(asked, 1),
            "precision": right / np.maximum(answered, 1),
            "f1": 2 * right / (asked + answered),
            "flights": asked,
        },
        index=names,
    )
    logger.report_scalar("test", "accuracy", right.sum() / asked.sum(), 0)
    logger.report_scalar("test", "macro_f1", by_class["f1"].mean(), 0)
    logger.report_table("per class", "test", 0, table_plot=by_class)
    logger.report_confusion_matrix("confusion", "test", matrix, 0, xlabels=names, ylabels=names)


def upload(task, name, answers):
    """Keep the answers with the run, so that they can be compared flight by flight."""
    answers.to_parquet(f"{name}.parquet", index=False)
    task.upload_artifact(name, f"{name}.parquet", wait_on_upload=True)


def main():
    task = Task.init(project_name="Flights", task_name="train destination", reuse_last_task_id=False)
    PARAMETERS.update(task.connect(PARAMETERS | pinned()))
    flights = load("flights 2013", PARAMETERS["dataset_version"], "train", PARAMETERS["dataset_id"])
    exam = load("flights 2013 exam", "1.0.0", alias="exam")
    times = flights["timestamp"]
    task.set_parameter("Data/train_start", times.min().isoformat())
    task.set_parameter("Data/train_end", times.max().isoformat())

    model = grow(*held_back(flights), task.get_logger())

    tested = exam["month"] == TEST_MONTH
    answers = predict(*model, exam[tested])
    report(answers, task.get_logger())
    upload(task, "predictions", answers)
    later = exam[~tested & ~exam["month"].isin(flights["month"])]
    if len(later):
        upload(task, "predictions_later", predict(*model, later))
    task.close()


if __name__ == "__main__":
    main()
