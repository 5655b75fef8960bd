"""Tries sparkvit.py, which wraps the Spark ML stages for PySpark, and the pieces of Python on the page of Spark ML.

    check_pyspark.py compile              compiles all of them; needs no PySpark
    check_pyspark.py try JAR FOLDER       runs them with a cluster jar; draws images and a model into the folder
"""

import json
import math
import pathlib
import re
import shutil
import struct
import sys
import zlib

PAGE = pathlib.Path("src/site/markdown/spark-ml.md")
MODULES = [pathlib.Path("src/main/resources/sparkvit.py"), pathlib.Path("src/main/resources/org/sparkvit/ml/__init__.py")]
MODEL = pathlib.Path("src/test/resources/vit/tiny")
LABELS = ["cat", "dog", "owl"]


def pieces():
    """The page's blocks of Python."""
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)


def compile_all():
    for module in MODULES:
        compile(module.read_text(encoding="utf-8"), str(module), "exec")
    for number, piece in enumerate(pieces(), 1):
        compile(piece, f"{PAGE}, piece {number}", "exec")
    if not pieces():
        sys.exit(f"{PAGE} has no piece of Python")
    print(f"{len(MODULES)} modules and {len(pieces())} pieces of {PAGE} are Python")


def png(path, color, side):
    """Draws a square with a bar of a colour."""
    rows = b"".join(b"\0" + bytes(color if y > side // 3 else (250, 250, 250)) * side for y in range(side))
    parts = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)
    )


def draw(folder):
    """Images in a folder for each label, and one among them that is none; a model of these labels."""
    for k, label in enumerate(LABELS):
        (folder / "images" / label).mkdir(parents=True)
        for i in range(6):
            color = [30 + 20 * i, 30 + 15 * i, 30 + 10 * i]
            color[k] = 255 - 5 * i
            png(folder / "images" / label / f"{i}.png", color, 20 + i)
    (folder / "images" / LABELS[0] / "broken.png").write_bytes(b"no image")
    shutil.copytree(MODEL, folder / "work/models/vit")
    add(folder / "work/models/vit/model.safetensors", "classifier.bias", [-1.9, 1.05, -0.8])


def add(file, tensor, numbers):
    """Adds numbers to a tensor's, so that the model does not give all of these images one label."""
    content = bytearray(file.read_bytes())
    start = 8 + struct.unpack_from("<Q", content)[0]
    place = start + json.loads(content[8:start])[tensor]["data_offsets"][0]
    there = struct.unpack_from(f"<{len(numbers)}f", content, place)
    struct.pack_into(f"<{len(numbers)}f", content, place, *(a + b for a, b in zip(there, numbers)))
    file.write_bytes(content)


def expect(holds, *what):
    if not holds:
        raise AssertionError(" ".join(map(str, what)))


def raises(kind, part, call):
    try:
        call()
    except kind as error:
        expect(part in str(error), "not the words looked for:", error)
        return
    raise AssertionError(f"nothing was raised where '{part}' was expected")


def params_are_those_of_java(sparkvit):
    for name in sparkvit.__all__:
        stage = getattr(sparkvit, name)()
        java = {param.name(): param for param in stage._java_obj.params()}
        expect({param.name for param in stage.params} == set(java), name, stage.params)
        for param in stage.params:
            expect(param.doc == java[param.name].doc(), name, param)
            default = stage._java_obj.getDefault(java[param.name])
            expect(stage.hasDefault(param) == default.isDefined(), name, param, "has a default or none")
            if default.isDefined():
                expect(stage.getOrDefault(param) == default.get(), name, param, default.get())
            suffix = param.name[0].upper() + param.name[1:]
            value = 7 if isinstance(stage.getOrDefault(param) if default.isDefined() else "", int) else "error"
            value = {"device": "cpu", "precision": "fp32"}.get(param.name, value)
            expect(getattr(stage, "set" + suffix)(value) is stage, name, param, "setter")
            expect(getattr(stage, "get" + suffix)() == value, name, param, "getter")
            expect(stage.isSet(param), name, param)
            stage.clear(param)
            expect(not stage.isSet(param), name, param)
        print(f"{name}: {len(java)} params with the names, words and defaults of Java")
    raises(TypeError, "keyword arguments", lambda: sparkvit.VitEmbedder("models/vit"))
    raises(TypeError, "inputColumn", lambda: sparkvit.VitEmbedder(inputColumn="content"))
    raises(TypeError, "modelPath is None", lambda: sparkvit.VitEmbedder(modelPath=None))
    raises(TypeError, "batchSize", lambda: sparkvit.VitEmbedder(batchSize="many"))


def page(spark, folder):
    """Runs the page's pieces, one after another, with a folder for its bucket."""
    names = {}
    for number, piece in enumerate(pieces(), 1):
        print(f"-- piece {number}")
        exec(compile(piece.replace("s3a://my-bucket", folder.as_uri()), f"{PAGE}, piece {number}", "exec"), names)
    return names


def columns_are_right(names):
    """Labels, indices and metrics beside what is counted here by hand."""
    rows = names["labelled"].collect()
    expect(len(rows) == 19, len(rows), "rows")
    for row in rows:
        if row.path.endswith("broken.png"):
            expect(row.prediction is None and row.predictedLabel is None and row.rawPrediction is None, row.path)
            expect(row.prediction_status != "OK" and row.prediction_reason, row.prediction_status)
        else:
            logits = [math.exp(logit) for logit in row.rawPrediction]
            expect(all(abs(e / sum(logits) - p) < 1e-6 for e, p in zip(logits, row.probability)), row.probability)
            expect(row.prediction == row.probability.toArray().argmax(), row.prediction)
            expect(row.predictedLabel == LABELS[int(row.prediction)], row.predictedLabel)
    expect({row.predictedLabel for row in rows} == {None, *LABELS}, "some label is never predicted")
    expect(names["labels"] == LABELS, names["labels"])
    scored = names["scored"].collect()
    expect(len(scored) == 18, len(scored), "rows without the broken image")
    right = sum(row.kind == row.predictedLabel for row in scored) / len(scored)
    evaluator = names["MulticlassClassificationEvaluator"]
    expect(abs(evaluator(metricName="accuracy").evaluate(names["scored"]) - right) < 1e-12, right)
    loss = -sum(math.log(row.probability[int(row.label)]) for row in scored) / len(scored)
    expect(abs(evaluator(metricName="logLoss").evaluate(names["scored"]) - loss) < 1e-9, loss)
    print(f"accuracy {right:.3f} and log loss {loss:.4f}, by Spark's evaluator and by hand")


def stages_survive(spark, sparkvit, names, folder):
    """Saved by Python, loaded by Python and by Java; and the other way round."""
    from pyspark.ml import Pipeline, PipelineModel

    fitted = names["fitted"]
    expect([type(stage).__name__ for stage in fitted.stages][1] == "VitEmbedder", fitted.stages)
    expect(type(fitted.stages[1]) is sparkvit.VitEmbedder, type(fitted.stages[1]))
    expect(fitted.stages[1].getOutputCol() == "features", fitted.stages[1].getOutputCol())
    expect(names["embedder"].uid == fitted.stages[1].uid, fitted.stages[1].uid)

    classifier = names["classifier"]
    path = (folder / "work/classifier").as_uri()
    classifier.write().overwrite().save(path)
    loaded = sparkvit.VitImageClassifier.load(path)
    expect(loaded.uid == classifier.uid, loaded.uid)
    expect(loaded.explainParams() == classifier.explainParams(), loaded.explainParams())
    wanted = classifier.transform(names["images"]).drop("content").collect()
    expect(loaded.transform(names["images"]).drop("content").collect() == wanted, "other rows after loading")
    java = spark._jvm.org.sparkvit.ml.VitImageClassifier.load(path)
    expect(java.getHandleInvalid() == "skip" and java.getInputCol() == "content", java.explainParams())

    pipeline = (folder / "work/labels").as_uri()
    spark._jvm.org.apache.spark.ml.PipelineModel.load(
        save(Pipeline(stages=[classifier]).fit(names["images"]), pipeline)
    ).write().overwrite().save(pipeline)
    again = PipelineModel.load(pipeline)
    expect(again.transform(names["images"]).drop("content").collect() == wanted, "other rows after Java's turn")

    extra = classifier.copy({classifier.batchSize: 5})
    expect((extra.getBatchSize(), classifier.getBatchSize()) == (5, 16), extra.getBatchSize())
    expect(classifier.transform(names["images"], {classifier.predictedLabelCol: "kind2"}).columns.count("kind2") == 1)
    print("saved and loaded by Python and Java in turn: the same rows")


def save(model, path):
    model.write().overwrite().save(path)
    return path


def what_was_saved_before_there_was_an_index(sparkvit, names, folder):
    metadata = {
        "class": "org.sparkvit.ml.VitImageClassifier",
        "timestamp": 1767225600000,
        "sparkVersion": "3.5.7",
        "uid": "vitImageClassifier_0a1b2c3d4e5f",
        "paramMap": {"modelPath": names["classifier"].getModelPath(), "inputCol": "content"},
        "defaultParamMap": {"predictionCol": "prediction", "rawPredictionCol": "", "probabilityCol": "probability"},
    }
    (folder / "work/older/metadata").mkdir(parents=True)
    (folder / "work/older/metadata/part-00000").write_text(json.dumps(metadata) + "\n", encoding="utf-8")
    older = sparkvit.VitImageClassifier.load((folder / "work/older").as_uri())
    added = [name for name in older.transform(names["images"]).columns if name not in names["images"].columns]
    expect(added == ["probability", "prediction", "prediction_status", "prediction_reason"], added)
    expect(dict(older.transform(names["images"]).dtypes)["prediction"] == "string")
    print("a classifier that was saved before there was an index has its columns:", *added)


def models_are_chosen(names):
    from pyspark.ml import Pipeline
    from pyspark.ml.classification import LogisticRegression
    from pyspark.ml.tuning import CrossValidator, ParamGridBuilder

    regression = LogisticRegression(maxIter=5)
    embedder = names["embedder"]
    grid = ParamGridBuilder().addGrid(regression.regParam, [0.0, 0.1]).addGrid(embedder.batchSize, [4, 16]).build()
    validator = CrossValidator(
        estimator=Pipeline(stages=[embedder, regression]),
        estimatorParamMaps=grid,
        evaluator=names["MulticlassClassificationEvaluator"](metricName="accuracy"),
        numFolds=2,
        seed=1,
    )
    metrics = validator.fit(names["numbered"]).avgMetrics
    expect(len(metrics) == 4 and all(0 <= metric <= 1 for metric in metrics), metrics)
    print("a CrossValidator compared four settings:", *(f"{metric:.2f}" for metric in metrics))


def mistakes_are_named(spark, sparkvit, names):
    from py4j.protocol import Py4JJavaError

    wrong = sparkvit.VitImageClassifier(modelPath="models/vit", inputCol="picture")
    raises(Py4JJavaError, "inputCol is 'picture'", lambda: wrong.transform(names["images"]))
    spark.stop()
    raises(RuntimeError, "there is no SparkContext", sparkvit.VitEmbedder)
    print("mistakes are named")


def try_all(jar, folder):
    from pyspark.sql import SparkSession

    draw(folder)
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.jars", jar)
        .config("spark.ui.enabled", False)
        .config("spark.ui.showConsoleProgress", False)
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", 2)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.addPyFile(jar)
    import sparkvit

    expect(jar.rsplit("/", 1)[-1] in sparkvit.__file__, "not imported from the jar:", sparkvit.__file__)
    print(f"PySpark {spark.version}, {sparkvit.__file__}")
    params_are_those_of_java(sparkvit)
    names = page(spark, folder)
    columns_are_right(names)
    stages_survive(spark, sparkvit, names, folder)
    what_was_saved_before_there_was_an_index(sparkvit, names, folder)
    models_are_chosen(names)
    # Where Python can import from the jar, the loading of a pipeline finds the classes by itself.
    for name in ["sparkvit", "org.sparkvit.ml"]:
        del sys.modules[name]
    again = names["PipelineModel"].load((folder / "work/pipeline").as_uri())
    expect(type(again.stages[1]).__module__ == "sparkvit", type(again.stages[1]))
    mistakes_are_named(spark, sparkvit, names)


if sys.argv[1:] == ["compile"]:
    compile_all()
elif sys.argv[1:2] == ["try"] and len(sys.argv) == 4:
    try_all(sys.argv[2], pathlib.Path(sys.argv[3]))
else:
    sys.exit(__doc__)
