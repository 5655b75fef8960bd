package org.sparkvit;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

/** What {@code .ci/bench-memory} scores: many small JPEG files, and a small model to do it with. */
public final class ManySmallImages {
  private static final int PER_FOLDER = 1000;

  private ManySmallImages() {}

  /**
   * Draws.
   *
   * @param arguments folder for images and model, number of images
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int images = Integer.parseInt(arguments[1]);
    for (int i = 0; i < images; i += PER_FOLDER) {
      Files.createDirectories(folder.resolve("images").resolve("part-" + i / PER_FOLDER));
    }
    IntStream.range(0, images).parallel().forEach(i -> draw(folder.resolve("images"), i));
    ViTConfig config = ViTConfig.of(32, 2, 2, 64, 32, 4, List.of("ordinary", "sensitive"));
    Checkpoint checkpoint = Checkpoint.random(config, PreprocessorConfig.squash(32), 1);
    ModelDirectory.write(folder.resolve("model"), checkpoint);
  }

  private static void draw(Path folder, int i) {
    SplittableRandom random = new SplittableRandom(i);
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    for (int k = 0; k < 8; k++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillRect(random.nextInt(64), random.nextInt(48), 30, 20);
    }
    graphics.dispose();
    try {
      Path file = folder.resolve("part-" + i / PER_FOLDER).resolve(i + ".jpg");
      ImageIO.write(image, "jpeg", file.toFile());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
