package org.sparkvit.ml;

import java.util.List;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReadable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.types.Metadata;
import org.sparkvit.inference.ModelOutput;
import org.sparkvit.inference.SharedModel;

/**
 * Adds each image's embedding by a model as a vector, which serves as features for one of Spark's
 * classifiers. The embedding is the input of the model's head, after the final layer norm. For ViT
 * and DeiT it is the class token (768 numbers for ViT-B). For a distilled DeiT the distillation
 * token follows, for DINOv2 the mean of the patches' tokens.
 *
 * <p>{@code LogisticRegression} and most other estimators fail on the null that an image without an
 * embedding has; {@code setHandleInvalid("skip")} leaves such rows out.
 */
public final class VitEmbedder extends VitTransformer<VitEmbedder> {
  private static final long serialVersionUID = 1;

  private final Param<String> outputCol;

  public VitEmbedder() {
    this(Identifiable$.MODULE$.randomUID("vitEmbedder"));
  }

  public VitEmbedder(String uid) {
    super(uid, "embedding_status", "embedding_reason");
    outputCol = new Param<>(this, "outputCol", "output column: the embedding, a vector");
    setDefault(outputCol, "embedding");
  }

  /** Returns a reader for {@code read().load(path)}. */
  public static MLReader<VitEmbedder> read() {
    return new Reading().read();
  }

  /** Loads the operator that was saved at a path. */
  public static VitEmbedder load(String path) {
    return read().load(path);
  }

  private static final class Reading implements DefaultParamsReadable<VitEmbedder> {}

  public Param<String> outputCol() {
    return outputCol;
  }

  public String getOutputCol() {
    return getOrDefault(outputCol);
  }

  /** Sets the output column of the embeddings; the default is {@code embedding}. */
  public VitEmbedder setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  @Override
  VitEmbedder self() {
    return this;
  }

  @Override
  ModelOutput output() {
    return ModelOutput.EMBEDDINGS;
  }

  @Override
  List<ValueColumn> valueColumns(SharedModel model) {
    Metadata metadata =
        model == null
            ? Metadata.empty()
            : ValueColumn.ofLength(getOutputCol(), model.embeddingSize());
    return List.of(ValueColumn.vector(getOutputCol(), metadata, ValueColumn::toVector));
  }
}
