package org.sparkvit.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.image.DecodeLimits;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.image.PreprocessSpec;
import org.sparkvit.inference.CatalogImages;
import org.sparkvit.inference.ImageSource;
import org.sparkvit.inference.Prefetcher;
import org.sparkvit.inference.PreparedImage;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.SplitsTable;

/**
 * A worker's share of the train split, its pixels in a file on the executor. It stays there from
 * round to round, and comes into being again where another executor takes the worker over.
 *
 * @param examples those that could be read, in the order of their ids
 * @param cache their pixels
 * @param unreadable how many could not
 */
record WorkerShard(List<Example> examples, PixelCache cache, long unreadable) {
  private static final Map<String, WorkerShard> OPEN = new ConcurrentHashMap<>();

  /**
   * The shard of a worker, read now unless this JVM has it already.
   *
   * @param name tells trainings and workers apart
   * @param rows as {@link TrainingRows#rows} has them, with their places
   */
  static WorkerShard get(
      String name,
      List<Row> rows,
      Labels labels,
      CatalogImages source,
      PreprocessSpec input,
      int decodeThreads) {
    return OPEN.computeIfAbsent(name, missing -> read(rows, labels, source, input, decodeThreads));
  }

  private static WorkerShard read(
      List<Row> rows,
      Labels labels,
      CatalogImages source,
      PreprocessSpec input,
      int decodeThreads) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    PixelCache cache = PixelCache.create(folder, input.bytes(), rows.size());
    List<Example> examples = new ArrayList<>();
    long unreadable = 0;
    record Read(Row row, PreparedImage image) {}
    try (Prefetcher<ImageSource.Pending, Read> images =
        new Prefetcher<>(
            source.open(rows.iterator()),
            image -> new Read(image.row(), PreparedImage.of(image.content().get(), decoder, input)),
            decodeThreads,
            2 * decodeThreads)) {
      while (images.hasNext()) {
        Read next = images.next();
        if (next.image().isUsable()) {
          Row row = next.row();
          examples.add(
              new Example(
                  row.getAs(ImagesTable.ID),
                  labels.index(row.getAs(SplitsTable.LABEL)),
                  (float) row.<Double>getAs(PlanTable.WEIGHT).doubleValue(),
                  row.<Integer>getAs(PlanTable.COPIES),
                  cache.append(next.image().pixels())));
        } else {
          unreadable++;
        }
      }
    } catch (RuntimeException | Error e) {
      cache.close();
      throw e;
    }
    if (examples.isEmpty()) {
      cache.close();
      throw new UserException(
          "none of the "
              + rows.size()
              + " images of a worker's share can be read; check the files, or use fewer --workers");
    }
    cache.seal();
    examples.sort(Comparator.comparing(Example::id));
    return new WorkerShard(List.copyOf(examples), cache, unreadable);
  }

  /** Images shown in one of its epochs. */
  long showings() {
    return examples.stream().mapToLong(Example::copies).sum();
  }

  /** Gives up this JVM's shards of a training. */
  static void release(String training) {
    for (String name : List.copyOf(OPEN.keySet())) {
      if (name.startsWith(training)) {
        WorkerShard shard = OPEN.remove(name);
        if (shard != null) {
          shard.cache().close();
        }
      }
    }
  }
}
