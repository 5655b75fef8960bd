package org.sparkvit.training.data;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkvit.core.Labels;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.ContactSheet;
import org.sparkvit.training.recipe.Recipe;

/**
 * Draws some images as the model will see them: each unchanged and as it is shown in the first
 * epochs.
 */
public final class Preview {
  private static final int ROWS = 12;
  private static final int EPOCHS = 6;

  private Preview() {}

  /**
   * Draws a contact sheet of a few images of each class, which are the first by their ids.
   *
   * @param side the side of the images in pixels
   * @return a PNG file
   */
  public static byte[] draw(Recipe recipe, Labels labels, TrainingSet data, int side) {
    BatchTransform batchTransform = BatchTransform.of(recipe.augmentation(), side, labels);
    List<List<ContactSheet.Cell>> rows = new ArrayList<>();
    int each = Math.max(1, ROWS / labels.size());
    for (int c = 0; c < Math.min(ROWS, labels.size()); c++) {
      int label = c;
      data.train().stream()
          .filter(example -> example.label() == label)
          .limit(each)
          .forEach(example -> rows.add(row(recipe, labels, data, batchTransform, example)));
    }
    return ContactSheet.draw(rows);
  }

  private static List<ContactSheet.Cell> row(
      Recipe recipe,
      Labels labels,
      TrainingSet data,
      BatchTransform batchTransform,
      Example example) {
    int side = batchTransform.side();
    List<ContactSheet.Cell> row = new ArrayList<>();
    byte[] plain = new byte[3 * side * side];
    data.cache().buffer(example.slot()).get(data.cache().offset(example.slot()), plain);
    row.add(
        new ContactSheet.Cell(
            new PixelImage(side, side, plain), labels.name(example.label()) + ", as it is"));
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      BatchTransform.MixedSample mixedSample =
          batchTransform.mixed(new EpochSample(example, 0, 0), data.train(), recipe.seed(), epoch);
      ByteBuffer out = ByteBuffer.allocate(3 * side * side);
      batchTransform.write(mixedSample, data.cache(), recipe.seed(), epoch, out);
      row.add(
          new ContactSheet.Cell(
              new PixelImage(side, side, out.array()), caption(labels, mixedSample, epoch)));
    }
    return row;
  }

  private static String caption(Labels labels, BatchTransform.MixedSample mixedSample, int epoch) {
    return mixedSample.mix() == null
        ? "epoch " + epoch
        : String.format(
            Locale.ROOT,
            "%.2f %s, %.2f %s",
            mixedSample.mix().share(),
            labels.name(mixedSample.epochSample().example().label()),
            1 - mixedSample.mix().share(),
            labels.name(mixedSample.partner().label()));
  }
}
