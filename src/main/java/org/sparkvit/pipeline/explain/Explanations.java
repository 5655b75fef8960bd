package org.sparkvit.pipeline.explain;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.Thumbnail;
import org.sparkvit.inference.BatchInference;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.Explainer;
import org.sparkvit.model.runtime.Explanation;

/**
 * Makes the maps of one partition's images; one row an image, in order.
 *
 * @param measured ids of the images whose maps are measured
 * @param nanos gets the time that the maps alone take
 */
record Explanations(
    ImageSource source,
    SharedModel model,
    int batchSize,
    int decodeThreads,
    Set<String> measured,
    LongAccumulator nanos)
    implements MapPartitionsFunction<Row, Row>, Serializable {
  /** Longer side of {@link ExplanationsTable#INPUT} in pixels. */
  private static final int PICTURE = 224;

  /** What the executors add to the sample's columns. */
  static final StructType SCHEMA =
      schema(
          ExplanationsTable.ID,
          ExplanationsTable.ROWS,
          ExplanationsTable.COLUMNS,
          ExplanationsTable.LAYERS,
          ExplanationsTable.HEADS,
          ExplanationsTable.ATTENTION,
          ExplanationsTable.ROLLOUT,
          ExplanationsTable.GRADIENT,
          ExplanationsTable.DELETION,
          ExplanationsTable.INSERTION,
          ExplanationsTable.INPUT,
          ExplanationsTable.STATUS,
          ExplanationsTable.REASON);

  private static StructType schema(String... columns) {
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(ExplanationsTable.SPEC.schema().apply(column));
    }
    return schema;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    ImageBatches batches = new ImageBatches(rows, source, model.input(), batchSize, decodeThreads);
    TaskCompletionListener close = context -> batches.close();
    TaskContext.get().addTaskCompletionListener(close);
    return new Iterator<>() {
      private Iterator<Row> done = List.<Row>of().iterator();

      @Override
      public boolean hasNext() {
        while (!done.hasNext() && batches.hasNext()) {
          done = explained(batches.next()).iterator();
        }
        return done.hasNext();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return done.next();
      }
    };
  }

  private List<Row> explained(ImageBatches.Batch batch) {
    List<Row> rows = new ArrayList<>();
    Maps maps = null;
    if (batch.usable() > 0) {
      Explainer explainer = model.explainer();
      long started = System.nanoTime();
      Explanation explanation = explainer.explain(batch.pixels(), batch.usable());
      nanos.add(System.nanoTime() - started);
      maps = new Maps(explainer, explanation);
    }
    for (ImageBatches.Image image : batch.images()) {
      String id = image.row().getAs(ImagesTable.ID);
      Object[] cells = new Object[SCHEMA.size()];
      cells[0] = id;
      cells[SCHEMA.fieldIndex(ExplanationsTable.STATUS)] = image.status().name();
      cells[SCHEMA.fieldIndex(ExplanationsTable.REASON)] = image.reason();
      if (image.isUsable()) {
        byte[] pixels = new byte[model.input().bytes()];
        batch.pixels().get(image.slot() * pixels.length, pixels);
        maps.fill(cells, image.slot(), pixels, id);
      }
      rows.add(RowFactory.create(cells));
    }
    return rows;
  }

  /** The maps of a batch as cells. */
  private final class Maps {
    private final Explainer explainer;
    private final Explanation batch;
    private final ViTConfig config;
    private final int special;
    private final int patches;
    private final int side;

    /** One for the batch, as it holds memory outside the heap; null until it is needed. */
    private Faithfulness faithfulness;

    Maps(Explainer explainer, Explanation batch) {
      this.explainer = explainer;
      this.batch = batch;
      this.config = explainer.config();
      this.special = explainer.specialTokens();
      this.patches = config.tokens() - special;
      this.side = config.imageSize() / config.patchSize();
    }

    void fill(Object[] cells, int slot, byte[] pixels, String id) {
      int each = config.layers() * config.heads();
      float[] attention = ofPatches(batch.attention(), slot * each, each);
      float[] rollout = ofPatches(batch.rollout(), slot, 1);
      float[] gradient = ofPatches(batch.gradient(), slot, 1);
      List<Object> values =
          List.of(
              side,
              side,
              config.layers(),
              config.heads(),
              BatchInference.cell(attention),
              BatchInference.cell(rollout),
              BatchInference.cell(gradient));
      for (int i = 0; i < values.size(); i++) {
        cells[1 + i] = values.get(i);
      }
      if (measured.contains(id)) {
        Map<String, float[]> maps = new LinkedHashMap<>();
        maps.put(ExplanationsTable.ATTENTION, lastLayer(attention));
        maps.put(ExplanationsTable.ROLLOUT, rollout);
        maps.put(ExplanationsTable.GRADIENT, gradient);
        int classes = config.labels().size();
        if (faithfulness == null) {
          faithfulness =
              new Faithfulness(
                  explainer::logits, batchSize, classes, side, side, config.patchSize());
        }
        Faithfulness.Scores scores =
            faithfulness.measure(pixels, maps, best(batch.logits(), slot, classes), id.hashCode());
        cells[SCHEMA.fieldIndex(ExplanationsTable.DELETION)] = ScalaCells.map(scores.deletion());
        cells[SCHEMA.fieldIndex(ExplanationsTable.INSERTION)] = ScalaCells.map(scores.insertion());
      }
      cells[SCHEMA.fieldIndex(ExplanationsTable.INPUT)] =
          Thumbnail.jpeg(
              new PixelImage(model.input().width(), model.input().height(), pixels), PICTURE);
    }

    /** Some rows of tokens without those that are no patch. */
    private float[] ofPatches(float[] tokens, int row, int rows) {
      float[] values = new float[rows * patches];
      for (int i = 0; i < rows; i++) {
        int from = (row + i) * config.tokens() + special;
        System.arraycopy(tokens, from, values, i * patches, patches);
      }
      return values;
    }

    /** Mean of the heads. */
    private float[] lastLayer(float[] attention) {
      float[] mean = new float[patches];
      for (int i = attention.length - config.heads() * patches; i < attention.length; i++) {
        mean[i % patches] += attention[i] / config.heads();
      }
      return mean;
    }
  }

  private static int best(float[] logits, int row, int classes) {
    float[] own = Arrays.copyOfRange(logits, row * classes, (row + 1) * classes);
    int best = 0;
    for (int k = 1; k < classes; k++) {
      best = own[k] > own[best] ? k : best;
    }
    return best;
  }
}
