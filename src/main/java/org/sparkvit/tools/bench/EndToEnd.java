package org.sparkvit.tools.bench;

import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.score.ScoreConfig;
import org.sparkvit.pipeline.score.ScoreStage;

/** Measures the whole score stage, from the catalog to the published table. */
record EndToEnd(String name, SparkSession spark, ScoreConfig score, ImageSet images, long count)
    implements Measurement {
  @Override
  public double imagesPerSecond() {
    Workspace scratch = Workspace.at(spark, score.workspace());
    images.fill(scratch, count);
    Benchmarks.delete(spark, new Path(scratch.uri(), PredictionsTable.SPEC.name()));
    long started = System.nanoTime();
    new ScoreStage().run(spark, score, Progress.SILENT);
    return count * 1e9 / (System.nanoTime() - started);
  }
}
