package org.sparkvit.pipeline.synthesize;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Background;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.augment.FourierStyle;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.Thumbnail;
import org.sparkvit.image.hash.PdqHash;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;

/**
 * Pairs of images to files and rows of {@link SyntheticTable}. A pair gives the same pixels under
 * the same name whichever task it falls to, so a task may run again.
 *
 * @param folder URI of where the files go
 * @param unreadable counts pairs of which an image could not be read
 */
record Blending(
    BlendSettings settings,
    ImageFiles files,
    SerializableConfiguration storage,
    String folder,
    Background background,
    LongAccumulator unreadable)
    implements MapPartitionsFunction<Row, Row> {

  /** Least part of the band, so that something changes. */
  private static final double LEAST_BAND = 0.1;

  @Override
  public Iterator<Row> call(Iterator<Row> pairs) {
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT, background);
    return new Iterator<>() {
      private Row ready;

      @Override
      public boolean hasNext() {
        while (ready == null && pairs.hasNext()) {
          ready = blend(pairs.next(), decoder);
        }
        return ready != null;
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Row row = ready;
        ready = null;
        return row;
      }
    };
  }

  private Row blend(Row pair, ImageDecoder decoder) {
    Row first = pair.getAs(Pairing.FIRST);
    Row second = pair.getAs(Pairing.SECOND);
    PixelImage a = read(first, decoder);
    PixelImage b = read(second, decoder);
    if (a == null || b == null) {
      unreadable.add(1);
      return null;
    }
    PixelImage content = Thumbnail.shrink(a, settings.maxSide());
    PixelImage other =
        Resampler.resize(b, content.width(), content.height(), ResampleFilter.BICUBIC);
    Method method = Method.valueOf(pair.<String>getAs(Pairing.METHOD).toUpperCase(Locale.ROOT));
    String label = first.getAs(ImagesTable.LABEL);
    String firstId = first.getAs(ImagesTable.ID);
    String secondId = second.getAs(ImagesTable.ID);
    long index = pair.<Long>getAs(Pairing.INDEX);
    long chance =
        StableHash.hash64(settings.seed(), method.label(), label, Long.toString(index), firstId);
    double lambda;
    PixelImage made;
    if (method == Method.FOURIER) {
      double part = LEAST_BAND + (1 - LEAST_BAND) * new SplittableRandom(chance).nextDouble();
      lambda = settings.fourierBand() * part;
      made = FourierStyle.apply(content, other, lambda);
    } else {
      Mixing mixing =
          method == Method.MIXUP
              ? new Mixing(settings.mixupAlpha(), 0, 1)
              : new Mixing(0, settings.cutmixAlpha(), 1);
      Mixing.Mix mix = mixing.draw(chance, content.width(), content.height());
      byte[] pixels = content.rgb().clone();
      mix.apply(pixels, other.rgb(), content.width());
      lambda = mix.share();
      made = new PixelImage(content.width(), content.height(), pixels);
    }
    String id = StableHash.id(folder + "/" + label + "/" + index);
    String path = folder + "/" + id + ".png";
    byte[] png = Thumbnail.png(made, settings.maxSide());
    write(path, png);
    PdqHash hash = PdqHash.of(made);
    return RowFactory.create(
        id,
        path,
        (long) png.length,
        StableHash.sha256(png),
        label,
        method.label(),
        firstId,
        secondId,
        lambda,
        settings.seed(),
        hash.toBytes(),
        hash.quality());
  }

  private PixelImage read(Row image, ImageDecoder decoder) {
    ImageContent content =
        ImageContent.read(
            files,
            image.getAs(ImagesTable.PATH),
            image.<Long>getAs(ImagesTable.OFFSET),
            image.<Long>getAs(ImagesTable.BYTES));
    if (content.bytes() == null) {
      return null;
    }
    DecodedImage decoded = decoder.decode(content.bytes(), content.name());
    return decoded.isUsable() ? decoded.pixels() : null;
  }

  private void write(String uri, byte[] content) {
    Path path = new Path(uri);
    try {
      FileSystem fs = path.getFileSystem(storage.value());
      DiskWrite.put(fs, path, content);
    } catch (IOException e) {
      throw new UserException("cannot write " + uri + ": " + e.getMessage(), e);
    }
  }
}
