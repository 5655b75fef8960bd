"""The Spark ML stages of spark-vit for PySpark.

The work is done in the JVM, by the classes of the same names in org.sparkvit.ml. So Spark needs the cluster jar of
spark-vit, and Python this file. It also lies in the jar, from which Python can import it:

    spark-submit --jars spark-vit-VERSION-cluster.jar --py-files spark-vit-VERSION-cluster.jar job.py

VitImageClassifier labels images with a fine-tuned model. VitEmbedder embeds them, for a classifier of Spark's own.
Import this module before stages or pipelines are loaded that hold one of them.
"""

import sys
from functools import reduce
from typing import Optional, TypeVar

from py4j.java_gateway import JavaPackage
from pyspark import SparkContext, keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer

__all__ = ["VitEmbedder", "VitImageClassifier"]

T = TypeVar("T", bound="_VitTransformer")

# PySpark looks for the Python class of a saved stage in a module that is named like the Java package.
sys.modules["org.sparkvit.ml"] = sys.modules[__name__]


def _require_in_jvm(java_class: str) -> str:
    """Returns the name of a Java class once it is sure that the JVM has it."""
    context = SparkContext._active_spark_context
    if context is None:
        raise RuntimeError(
            "there is no SparkContext; make one with SparkSession.builder.getOrCreate() (a session"
            " of Spark Connect has none, and cannot run the stages of spark-vit)"
        )
    if isinstance(reduce(getattr, java_class.split("."), context._jvm), JavaPackage):
        raise RuntimeError(
            f"the JVM has no class {java_class}; start Spark with spark.jars (--jars) set to the"
            " cluster jar of spark-vit"
        )
    return java_class


class _Reader(JavaMLReader):
    """Reads stages whose Java class is not named like their Python class."""

    @classmethod
    def _java_loader_class(cls, clazz: type) -> str:
        return _require_in_jvm(clazz._java_class)


class _VitTransformer(JavaTransformer, JavaMLReadable, JavaMLWritable):
    """The model, the column of images, and the treatment of images that cannot be read.

    All columns of the input pass through. The default values of params are those of the Java class.
    """

    modelPath: "Param[str]" = Param(
        Params._dummy(),
        "modelPath",
        "URI of a Hugging Face model directory, on any file system, or of a workspace's model",
        typeConverter=TypeConverters.toString,
    )
    inputCol: "Param[str]" = Param(
        Params._dummy(),
        "inputCol",
        "column of image paths or URIs (string) or of file contents (binary)",
        typeConverter=TypeConverters.toString,
    )
    statusCol: "Param[str]" = Param(
        Params._dummy(),
        "statusCol",
        "output column: what became of the image, OK if all is well; or ''",
        typeConverter=TypeConverters.toString,
    )
    reasonCol: "Param[str]" = Param(
        Params._dummy(),
        "reasonCol",
        "output column: why the status is not OK, else null; or ''",
        typeConverter=TypeConverters.toString,
    )
    handleInvalid: "Param[str]" = Param(
        Params._dummy(),
        "handleInvalid",
        "what becomes of rows whose image cannot be read: keep (with nulls and a status), skip"
        " (drop the row) or error (fail)",
        typeConverter=TypeConverters.toString,
    )
    device: "Param[str]" = Param(
        Params._dummy(),
        "device",
        "auto, cpu or gpu; gpu fails where there is none",
        typeConverter=TypeConverters.toString,
    )
    precision: "Param[str]" = Param(
        Params._dummy(),
        "precision",
        "auto, fp32, bf16, fp16 (GPUs) or int8 (CPUs)",
        typeConverter=TypeConverters.toString,
    )
    background: "Param[str]" = Param(
        Params._dummy(),
        "background",
        "what transparent images are put on: none, white, black or #rrggbb; a model that says"
        " what it was trained on does not need it",
        typeConverter=TypeConverters.toString,
    )
    batchSize: "Param[int]" = Param(
        Params._dummy(),
        "batchSize",
        "images per forward pass",
        typeConverter=TypeConverters.toInt,
    )
    decodeThreads: "Param[int]" = Param(
        Params._dummy(),
        "decodeThreads",
        "threads of a task that read and decode images",
        typeConverter=TypeConverters.toInt,
    )

    _java_class: str
    # PySpark looks at it even where a constructor has refused its arguments.
    _java_obj = None

    def __init__(self) -> None:
        super().__init__()
        self._java_obj = self._new_java_obj(_require_in_jvm(self._java_class), self.uid)
        self._transfer_params_from_java()

    def _transfer_params_from_java(self) -> None:
        super()._transfer_params_from_java()
        # PySpark takes no default where a value is set, nor where it has one: a saved stage's may be another.
        for param in self.params:
            java_param = self._java_obj.getParam(param.name)
            if self._java_obj.hasDefault(java_param):
                self._setDefault(**{param.name: self._java_obj.getDefault(java_param).get()})

    def _set(self: T, **kwargs: object) -> T:
        for name, value in kwargs.items():
            if value is None:
                raise TypeError(f"{name} is None; leave it out, or clear it, to have the default")
        return super()._set(**kwargs)

    @classmethod
    def read(cls) -> _Reader:
        """Returns a reader for `read().load(path)`."""
        return _Reader(cls)

    def getModelPath(self) -> str:
        """Returns the location of the model, or an empty string where it is not set."""
        return self.getOrDefault(self.modelPath) if self.isDefined(self.modelPath) else ""

    def setModelPath(self: T, value: str) -> T:
        """Sets the URI of a Hugging Face model directory, whose scheme may be left out."""
        return self._set(modelPath=value)

    def getInputCol(self) -> str:
        """Returns the name of the input column."""
        return self.getOrDefault(self.inputCol)

    def setInputCol(self: T, value: str) -> T:
        """Sets the input column: paths or URIs of image files (string), or their contents (binary)."""
        return self._set(inputCol=value)

    def getStatusCol(self) -> str:
        """Returns the name of the output column of statuses."""
        return self.getOrDefault(self.statusCol)

    def setStatusCol(self: T, value: str) -> T:
        """Sets the output column of statuses, such as OK or MISSING. An empty name leaves it out."""
        return self._set(statusCol=value)

    def getReasonCol(self) -> str:
        """Returns the name of the output column of reasons."""
        return self.getOrDefault(self.reasonCol)

    def setReasonCol(self: T, value: str) -> T:
        """Sets the output column that says why a status is not OK. An empty name leaves it out."""
        return self._set(reasonCol=value)

    def getHandleInvalid(self) -> str:
        """Returns the treatment of rows whose image cannot be read."""
        return self.getOrDefault(self.handleInvalid)

    def setHandleInvalid(self: T, value: str) -> T:
        """Sets the treatment of rows whose image cannot be read.

        `keep` gives nulls and a status, `skip` leaves the row out, and `error` makes the job fail.
        Evaluators and most estimators of Spark need `skip`.
        """
        return self._set(handleInvalid=value)

    def getDevice(self) -> str:
        """Returns the device."""
        return self.getOrDefault(self.device)

    def setDevice(self: T, value: str) -> T:
        """Sets the device: auto, cpu or gpu."""
        return self._set(device=value)

    def getPrecision(self) -> str:
        """Returns the precision."""
        return self.getOrDefault(self.precision)

    def setPrecision(self: T, value: str) -> T:
        """Sets the precision: auto, fp32, bf16, fp16 (GPUs) or int8 (CPUs)."""
        return self._set(precision=value)

    def getBackground(self) -> str:
        """Returns the background of transparent images."""
        return self.getOrDefault(self.background)

    def setBackground(self: T, value: str) -> T:
        """Sets the background of transparent images: none (alpha is ignored), white, black or #rrggbb.

        A model that was trained by spark-vit states the background of its images, and another
        background is refused.
        """
        return self._set(background=value)

    def getBatchSize(self) -> int:
        """Returns the number of images per forward pass."""
        return self.getOrDefault(self.batchSize)

    def setBatchSize(self: T, value: int) -> T:
        """Sets the number of images per forward pass, 1 or more.

        With a multiple of 16 an image's numbers do not depend on the images beside it; otherwise
        their last digits may.
        """
        return self._set(batchSize=value)

    def getDecodeThreads(self) -> int:
        """Returns the number of threads of a task that read and decode."""
        return self.getOrDefault(self.decodeThreads)

    def setDecodeThreads(self: T, value: int) -> T:
        """Sets the number of threads of a task that read and decode, 1 or more."""
        return self._set(decodeThreads=value)


class VitEmbedder(_VitTransformer):
    """Adds each image's embedding by a model as a vector, as features for a classifier of Spark's own.

    The embedding is the input of the model's head, after the final layer norm. For ViT and DeiT it
    is the class token (768 numbers for ViT-B). For a distilled DeiT the distillation token follows,
    for DINOv2 the mean of the patches' tokens.

    LogisticRegression and most other estimators fail on the null that an image without an embedding
    has; handleInvalid="skip" leaves such rows out.

    Examples
    --------
    >>> embedder = VitEmbedder(modelPath="s3a://my-bucket/work/models/vit", outputCol="features")
    >>> embedder.transform(images).select("path", "features", "embedding_status")
    """

    _java_class = "org.sparkvit.ml.VitEmbedder"

    outputCol: "Param[str]" = Param(
        Params._dummy(),
        "outputCol",
        "output column: the embedding, a vector",
        typeConverter=TypeConverters.toString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        modelPath: Optional[str] = None,
        inputCol: str = "path",
        outputCol: str = "embedding",
        statusCol: str = "embedding_status",
        reasonCol: str = "embedding_reason",
        handleInvalid: str = "keep",
        device: str = "auto",
        precision: str = "auto",
        background: str = "none",
        batchSize: int = 16,
        decodeThreads: int = 2,
    ) -> None:
        super().__init__()
        self._set(**self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        modelPath: Optional[str] = None,
        inputCol: str = "path",
        outputCol: str = "embedding",
        statusCol: str = "embedding_status",
        reasonCol: str = "embedding_reason",
        handleInvalid: str = "keep",
        device: str = "auto",
        precision: str = "auto",
        background: str = "none",
        batchSize: int = 16,
        decodeThreads: int = 2,
    ) -> "VitEmbedder":
        """Sets the params that are given, and leaves the others as they are."""
        return self._set(**self._input_kwargs)

    def getOutputCol(self) -> str:
        """Returns the name of the output column of embeddings."""
        return self.getOrDefault(self.outputCol)

    def setOutputCol(self, value: str) -> "VitEmbedder":
        """Sets the output column of embeddings, which are vectors."""
        return self._set(outputCol=value)


class VitImageClassifier(_VitTransformer):
    """Labels images with a fine-tuned model, in the columns of Spark's own classifiers.

    These are a vector of logits, a vector of probabilities, and the index of the most probable label
    as a double. The label itself is beside them as a string. Vectors and indices are in the order of
    the model's labels, from 0, which the metadata of these columns name. An empty name of a column
    leaves it out.

    Spark's evaluators fail on the nulls of images without a result; handleInvalid="skip" leaves such
    rows out.

    Examples
    --------
    >>> classifier = VitImageClassifier(modelPath="s3a://my-bucket/work/models/vit")
    >>> classifier.transform(images).select("path", "predictedLabel", "probability")
    """

    _java_class = "org.sparkvit.ml.VitImageClassifier"

    probabilityCol: "Param[str]" = Param(
        Params._dummy(),
        "probabilityCol",
        "output column: a vector, one probability per label; or ''",
        typeConverter=TypeConverters.toString,
    )
    predictionCol: "Param[str]" = Param(
        Params._dummy(),
        "predictionCol",
        "output column: the index of the most probable label, a double; or ''",
        typeConverter=TypeConverters.toString,
    )
    predictedLabelCol: "Param[str]" = Param(
        Params._dummy(),
        "predictedLabelCol",
        "output column: the most probable label, a string; or ''",
        typeConverter=TypeConverters.toString,
    )
    rawPredictionCol: "Param[str]" = Param(
        Params._dummy(),
        "rawPredictionCol",
        "output column: a vector, one logit per label; or ''",
        typeConverter=TypeConverters.toString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        modelPath: Optional[str] = None,
        inputCol: str = "path",
        rawPredictionCol: str = "rawPrediction",
        probabilityCol: str = "probability",
        predictionCol: str = "prediction",
        predictedLabelCol: str = "predictedLabel",
        statusCol: str = "prediction_status",
        reasonCol: str = "prediction_reason",
        handleInvalid: str = "keep",
        device: str = "auto",
        precision: str = "auto",
        background: str = "none",
        batchSize: int = 16,
        decodeThreads: int = 2,
    ) -> None:
        super().__init__()
        self._set(**self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        modelPath: Optional[str] = None,
        inputCol: str = "path",
        rawPredictionCol: str = "rawPrediction",
        probabilityCol: str = "probability",
        predictionCol: str = "prediction",
        predictedLabelCol: str = "predictedLabel",
        statusCol: str = "prediction_status",
        reasonCol: str = "prediction_reason",
        handleInvalid: str = "keep",
        device: str = "auto",
        precision: str = "auto",
        background: str = "none",
        batchSize: int = 16,
        decodeThreads: int = 2,
    ) -> "VitImageClassifier":
        """Sets the params that are given, and leaves the others as they are."""
        return self._set(**self._input_kwargs)

    def getProbabilityCol(self) -> str:
        """Returns the name of the output column of probabilities."""
        return self.getOrDefault(self.probabilityCol)

    def setProbabilityCol(self, value: str) -> "VitImageClassifier":
        """Sets the output column of probabilities, which are vectors."""
        return self._set(probabilityCol=value)

    def getPredictionCol(self) -> str:
        """Returns the name of the output column of the index of the most probable label."""
        return self.getOrDefault(self.predictionCol)

    def setPredictionCol(self, value: str) -> "VitImageClassifier":
        """Sets the output column of the index of the most probable label, a double."""
        return self._set(predictionCol=value)

    def getPredictedLabelCol(self) -> str:
        """Returns the name of the output column of the most probable label."""
        return self.getOrDefault(self.predictedLabelCol)

    def setPredictedLabelCol(self, value: str) -> "VitImageClassifier":
        """Sets the output column of the most probable label, a string."""
        return self._set(predictedLabelCol=value)

    def getRawPredictionCol(self) -> str:
        """Returns the name of the output column of logits."""
        return self.getOrDefault(self.rawPredictionCol)

    def setRawPredictionCol(self, value: str) -> "VitImageClassifier":
        """Sets the output column of logits, which are vectors."""
        return self._set(rawPredictionCol=value)
