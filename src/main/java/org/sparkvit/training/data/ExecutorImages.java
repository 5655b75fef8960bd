package org.sparkvit.training.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.PreparedImage;

/**
 * The images that trainings on an executor share, with their pixels in a local file. They stay from
 * one task to the next, and are read again where another executor takes the work over.
 *
 * @param data the images that could be read
 * @param unreadable the number of images that could not be read
 */
public record ExecutorImages(TrainingSet data, long unreadable) {
  private static final Map<String, ExecutorImages> OPEN = new ConcurrentHashMap<>();

  /**
   * Returns the images of a name. They are read now unless this JVM has them already.
   *
   * @param name the name that identifies the training and its share of the images
   * @param rows the rows of {@link TrainingRows#rows} with the columns of image locations; they may
   *     be left unread
   * @param input the preparation of the images
   * @param decodeThreads the number of threads that read and decode
   * @throws UserException when there is no image to train on that can be read
   */
  public static ExecutorImages get(
      String name,
      Iterator<Row> rows,
      Labels labels,
      CatalogImages source,
      PreprocessSpec input,
      int decodeThreads) {
    return OPEN.computeIfAbsent(name, missing -> read(rows, labels, source, input, decodeThreads));
  }

  private static ExecutorImages read(
      Iterator<Row> rows,
      Labels labels,
      CatalogImages source,
      PreprocessSpec input,
      int decodeThreads) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    Path folder = Path.of(System.getProperty("java.io.tmpdir"));
    // The number of images is not known yet. A full disk is an error when it happens.
    PixelCache cache = PixelCache.create(folder, input.bytes(), 0);
    List<Example> train = new ArrayList<>();
    List<Example> validation = new ArrayList<>();
    long unreadable = 0;
    record Read(Row row, PreparedImage image) {}
    try (Prefetcher<ImageSource.Pending, Read> images =
        new Prefetcher<>(
            source.open(rows),
            image ->
                new Read(
                    image.row(),
                    PreparedImage.of(image.content().get(), decoder, input)
                        .asCataloged(image.row())),
            decodeThreads,
            2 * decodeThreads)) {
      while (images.hasNext()) {
        Read next = images.next();
        if (next.image().isUsable()) {
          Row row = next.row();
          boolean trains = row.getAs(SplitsTable.SPLIT).equals(SplitsTable.TRAIN);
          (trains ? train : validation)
              .add(
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
    if (train.isEmpty()) {
      cache.close();
      throw new UserException(
          unreadable == 0
              ? "there are no images to train on"
              : "none of the "
                  + unreadable
                  + " images to train on can be read; check the files, or use fewer --workers");
    }
    cache.seal();
    return new ExecutorImages(new TrainingSet(train, validation, cache), unreadable);
  }

  /**
   * Frees the images of a training in this JVM.
   *
   * @param training the beginning of the names of its images
   */
  public static void release(String training) {
    for (String name : List.copyOf(OPEN.keySet())) {
      if (name.startsWith(training)) {
        ExecutorImages images = OPEN.remove(name);
        if (images != null) {
          images.data().cache().close();
        }
      }
    }
  }
}
