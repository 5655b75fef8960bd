package org.sparkvit.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.dataset.workspace.ModelVersions;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.LocalModelDirectory;
import org.sparkvit.inference.ModelOutput;
import org.sparkvit.inference.ResultRow;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.model.architecture.Precision;

/**
 * The common part of {@link VitImageClassifier} and {@link VitEmbedder}: the model, the column of
 * images, and the treatment of images that cannot be read.
 *
 * <p>All columns of the input pass through, and with {@code handleInvalid=keep} all rows do, in
 * their order. {@code transform} reads the model directory at once, and the images when an action
 * asks for them. The model then runs again for every action, so cache what several actions need.
 * Within a pipeline, stages that are fitted on other columns (an indexer of labels, say) come
 * before.
 *
 * <p>For images given by their content, each task holds the contents of one batch of rows and up to
 * 64 MiB more. For images given by path, it holds one file for each decoding thread.
 *
 * @param <T> the operator itself, which its setters return
 */
public abstract class VitTransformer<T extends VitTransformer<T>> extends Transformer
    implements DefaultParamsWritable {
  private static final String KEEP = "keep";
  private static final String SKIP = "skip";
  private static final String ERROR = "error";

  private final String uid;
  private final Param<String> modelPath;
  private final Param<String> inputCol;
  private final Param<String> statusCol;
  private final Param<String> reasonCol;
  private final Param<String> handleInvalid;
  private final Param<String> device;
  private final Param<String> precision;
  private final Param<String> background;
  private final IntParam batchSize;
  private final IntParam decodeThreads;

  /**
   * Sets the defaults.
   *
   * @param status the default name of the column of statuses
   * @param reason the default name of the column of reasons
   */
  VitTransformer(String uid, String status, String reason) {
    this.uid = uid;
    modelPath =
        new Param<>(
            this,
            "modelPath",
            "URI of a Hugging Face model directory, on any file system, or of a workspace's model");
    inputCol =
        new Param<>(
            this,
            "inputCol",
            "column of image paths or URIs (string) or of file contents (binary)");
    statusCol =
        new Param<>(
            this, "statusCol", "output column: what became of the image, OK if all is well; or ''");
    reasonCol =
        new Param<>(this, "reasonCol", "output column: why the status is not OK, else null; or ''");
    handleInvalid =
        choice(
            "handleInvalid",
            "what becomes of rows whose image cannot be read: keep (with nulls and a status), skip"
                + " (drop the row) or error (fail)",
            KEEP,
            SKIP,
            ERROR);
    device =
        choice("device", "auto, cpu or gpu; gpu fails where there is none", "auto", "cpu", "gpu");
    precision =
        choice(
            "precision",
            "auto, fp32, bf16, fp16 (GPUs) or int8 (CPUs)",
            Precision.CHOICES.toArray(new String[0]));
    background =
        new Param<>(
            this,
            "background",
            "what transparent images are put on: none, white, black or #rrggbb; a model that says"
                + " what it was trained on does not need it");
    batchSize = new IntParam(this, "batchSize", "images per forward pass", ParamValidators.gtEq(1));
    decodeThreads =
        new IntParam(
            this,
            "decodeThreads",
            "threads of a task that read and decode images",
            ParamValidators.gtEq(1));
    setDefault(inputCol, "path");
    setDefault(statusCol, status);
    setDefault(reasonCol, reason);
    setDefault(handleInvalid, KEEP);
    setDefault(device, "auto");
    setDefault(precision, "auto");
    setDefault(background, Background.NONE.toString());
    setDefault(batchSize, 16);
    setDefault(decodeThreads, 2);
  }

  private Param<String> choice(String name, String doc, String... values) {
    return new Param<>(this, name, doc, ParamValidators.inArray(Arrays.asList(values)));
  }

  /** Returns this operator, for setters to return. */
  abstract T self();

  /** Returns the kind of output that the model is run for. */
  abstract ModelOutput output();

  /**
   * Returns the output columns that are made from the model's values, at least one. They are null
   * where the model has no values for an image. A column with an empty name is left out.
   *
   * @param model the model, or null before it has been read, when only names and types are asked
   *     for
   */
  abstract List<ValueColumn> valueColumns(SharedModel model);

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return schema(schema, wanted(null));
  }

  /**
   * Adds the output columns.
   *
   * @param dataset rows with the column {@code inputCol}
   * @throws UserException when a parameter or a column does not fit, or there is no such model
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema(), true);
    Dataset<Row> rows = dataset.toDF();
    SharedModel model = model(rows.sparkSession());
    model.input().requireFits(getBatchSize());
    List<ValueColumn> columns = wanted(model);
    StructType schema = schema(rows.schema(), columns);
    Dataset<Row> results =
        BatchInference.run(
            rows,
            ImageColumn.source(rows, getInputCol()),
            model,
            output(),
            getBatchSize(),
            getDecodeThreads(),
            result(
                uid,
                columns,
                !getStatusCol().isEmpty(),
                !getReasonCol().isEmpty(),
                getHandleInvalid().equals(ERROR)),
            schema);
    if (getHandleInvalid().equals(SKIP)) {
      results = results.where(QuotedColumn.named(columns.get(0).field().name()).isNotNull());
    }
    // Rows that a function has made lack the metadata that earlier stages set on their columns.
    return results.select(
        Arrays.stream(schema.fields())
            .map(field -> QuotedColumn.named(field.name()).as(field.name(), field.metadata()))
            .toArray(Column[]::new));
  }

  private SharedModel model(SparkSession spark) {
    String location =
        ModelVersions.currentAt(spark.sparkContext().hadoopConfiguration(), getModelPath())
            .orElse(getModelPath());
    try (LocalModelDirectory files = LocalModelDirectory.fetch(spark, location)) {
      Background placed = Background.parse(uid + ": background", getBackground());
      SharedModel model =
          SharedModel.distribute(spark, files.directory(), getDevice(), getPrecision(), output());
      Background trained = model.trainedOn().orElse(placed);
      if (isSet(background) && !trained.equals(placed)) {
        throw new UserException(
            uid
                + ": background is '"
                + placed
                + "', but the model was trained on '"
                + trained
                + "'; leave background out");
      }
      return model.on(placed);
    }
  }

  private List<ValueColumn> wanted(SharedModel model) {
    List<ValueColumn> columns =
        valueColumns(model).stream().filter(column -> !column.field().name().isEmpty()).toList();
    if (columns.isEmpty()) {
      throw new UserException(uid + ": the names of all output columns are empty; set one of them");
    }
    return columns;
  }

  private StructType schema(StructType input, List<ValueColumn> columns) {
    if (getModelPath().isBlank()) {
      throw new UserException(
          uid + ": modelPath is not set; use setModelPath with a Hugging Face model directory");
    }
    Set<String> names = new HashSet<>();
    for (String name : input.fieldNames()) {
      if (!names.add(name)) {
        throw new UserException("the input has two columns '" + name + "'; rename one of them");
      }
    }
    ImageColumn.check(input, getInputCol());
    List<StructField> fields = new ArrayList<>(Arrays.asList(input.fields()));
    columns.forEach(column -> fields.add(column.field()));
    for (String name : List.of(getStatusCol(), getReasonCol())) {
      if (!name.isEmpty()) {
        // The reason is null where all is well.
        fields.add(
            DataTypes.createStructField(name, DataTypes.StringType, !name.equals(getStatusCol())));
      }
    }
    for (StructField field : fields.subList(input.size(), fields.size())) {
      if (!names.add(field.name())) {
        throw new UserException(
            uid
                + ": output column '"
                + field.name()
                + "' exists already; give one of the two another name");
      }
    }
    return DataTypes.createStructType(fields);
  }

  /**
   * Returns the function that makes result rows. It is static, so that tasks get the columns alone
   * and not the operator.
   */
  private static ResultRow result(
      String uid, List<ValueColumn> columns, boolean status, boolean reason, boolean strict) {
    return (image, values, precision) -> {
      if (values == null && strict) {
        throw new UserException(
            uid
                + ": no result for image '"
                + image.name()
                + "' ("
                + image.status()
                + ": "
                + image.reason()
                + "); set handleInvalid to keep or skip to go on without it");
      }
      return row(image, values, columns, status, reason);
    };
  }

  private static Row row(
      ImageBatches.Image image,
      float[] values,
      List<ValueColumn> columns,
      boolean status,
      boolean reason) {
    Row input = image.row();
    List<Object> cells = new ArrayList<>(input.size() + columns.size() + 2);
    for (int i = 0; i < input.size(); i++) {
      cells.add(input.get(i));
    }
    for (ValueColumn column : columns) {
      cells.add(values == null ? null : column.value().of(values));
    }
    if (status) {
      cells.add(image.status().name());
    }
    if (reason) {
      cells.add(image.reason());
    }
    return RowFactory.create(cells.toArray());
  }

  @Override
  @SuppressWarnings("unchecked") // the copy is of this very class
  public T copy(ParamMap extra) {
    return (T) this.<VitTransformer<T>>defaultCopy(extra);
  }

  public Param<String> modelPath() {
    return modelPath;
  }

  /** Returns the location of the model, or an empty string where it is not set. */
  public String getModelPath() {
    return isDefined(modelPath) ? getOrDefault(modelPath) : "";
  }

  /** Sets the URI of a Hugging Face model directory, whose scheme may be left out. */
  public T setModelPath(String value) {
    set(modelPath, value);
    return self();
  }

  public Param<String> inputCol() {
    return inputCol;
  }

  public String getInputCol() {
    return getOrDefault(inputCol);
  }

  /**
   * Sets the input column; the default is {@code path}. A string column holds paths or URIs of
   * image files, and a binary column holds their contents.
   */
  public T setInputCol(String value) {
    set(inputCol, value);
    return self();
  }

  public Param<String> statusCol() {
    return statusCol;
  }

  public String getStatusCol() {
    return getOrDefault(statusCol);
  }

  /**
   * Sets the output column of the names of {@link org.sparkvit.core.ImageStatus}. An empty name
   * leaves the column out.
   */
  public T setStatusCol(String value) {
    set(statusCol, value);
    return self();
  }

  public Param<String> reasonCol() {
    return reasonCol;
  }

  public String getReasonCol() {
    return getOrDefault(reasonCol);
  }

  /**
   * Sets the output column that says why a status is not OK. An empty name leaves the column out.
   */
  public T setReasonCol(String value) {
    set(reasonCol, value);
    return self();
  }

  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  public String getHandleInvalid() {
    return getOrDefault(handleInvalid);
  }

  /**
   * Sets the treatment of rows whose image cannot be read: {@code keep} (the default: nulls and a
   * status), {@code skip} (drop the row, before a stage that does not take nulls, such as
   * LogisticRegression) or {@code error} (fail the job).
   */
  public T setHandleInvalid(String value) {
    set(handleInvalid, value);
    return self();
  }

  public Param<String> device() {
    return device;
  }

  public String getDevice() {
    return getOrDefault(device);
  }

  /** Sets the device: {@code auto}, {@code cpu} or {@code gpu}. */
  public T setDevice(String value) {
    set(device, value);
    return self();
  }

  public Param<String> precision() {
    return precision;
  }

  public String getPrecision() {
    return getOrDefault(precision);
  }

  /**
   * Sets the precision: {@code auto}, {@code fp32}, {@code bf16}, {@code fp16} (GPUs) or {@code
   * int8} (CPUs).
   */
  public T setPrecision(String value) {
    set(precision, value);
    return self();
  }

  public Param<String> background() {
    return background;
  }

  public String getBackground() {
    return getOrDefault(background);
  }

  /**
   * Sets the background that transparent images are put on: {@code none} (the default: alpha is
   * ignored), {@code white}, {@code black} or {@code #rrggbb}. A model that was trained by this
   * program states the background of its images, and another background is refused.
   */
  public T setBackground(String value) {
    set(background, value);
    return self();
  }

  public IntParam batchSize() {
    return batchSize;
  }

  public int getBatchSize() {
    return (Integer) getOrDefault(batchSize);
  }

  /**
   * Sets the number of images per forward pass, 1 or more; the default is 16. With a multiple of 16
   * an image's numbers do not depend on the images beside it; otherwise their last digits may.
   */
  public T setBatchSize(int value) {
    set(batchSize, value);
    return self();
  }

  public IntParam decodeThreads() {
    return decodeThreads;
  }

  public int getDecodeThreads() {
    return (Integer) getOrDefault(decodeThreads);
  }

  /**
   * Sets the number of threads of a task that read and decode, 1 or more. More threads help where
   * reading is slow (S3).
   */
  public T setDecodeThreads(int value) {
    set(decodeThreads, value);
    return self();
  }
}
