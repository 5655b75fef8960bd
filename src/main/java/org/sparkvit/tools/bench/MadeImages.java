package org.sparkvit.tools.bench;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;

/**
 * Draws JPEG files with as much detail as photographs have: blobs of colour with soft edges, and
 * grain. They have about a third of a byte for each pixel at the usual qualities, as measured on
 * photographs.
 *
 * @param width the width in pixels
 * @param height the height in pixels
 */
record MadeImages(int width, int height) {
  /** The number of pixels of all images together, which caches do not hold. */
  private static final long PIXELS = 120_000_000;

  private static final int FEWEST = 40;
  private static final int MOST = 600;
  private static final int BLOBS = 60;
  private static final int GRAIN = 9;
  private static final long SMALL = 1_000_000;

  /** Parses {@code WIDTHxHEIGHT}. */
  static MadeImages parse(String size) {
    if (!size.strip().matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}")) {
      throw new UserException(
          "--made-images has '" + size + "'; use WIDTHxHEIGHT in pixels, e.g. 500x375");
    }
    String[] sides = size.strip().split("x", -1);
    return new MadeImages(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
  }

  /** Returns the size in the form of the command line. */
  String name() {
    return width + "x" + height;
  }

  /** Draws all images into a folder. */
  void draw(SparkSession spark, Path folder) throws IOException {
    FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
    long count = Math.max(FEWEST, Math.min(MOST, PIXELS / ((long) width * height)));
    for (int i = 0; i < count; i++) {
      try (FSDataOutputStream out = fs.create(new Path(folder, "made-" + i + ".jpg"))) {
        out.write(jpeg(new SplittableRandom(i)));
      }
    }
  }

  private byte[] jpeg(SplittableRandom random) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    for (int i = 0; i < BLOBS; i++) {
      graphics.setColor(
          new Color(random.nextInt(256), random.nextInt(256), random.nextInt(256), 140));
      double w = width * random.nextDouble(0.02, 0.5);
      double h = height * random.nextDouble(0.02, 0.5);
      graphics.fill(
          new Ellipse2D.Double(
              random.nextDouble(width) - w / 2, random.nextDouble(height) - h / 2, w, h));
    }
    graphics.dispose();
    byte[] samples = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int pixel = 0; pixel < samples.length; pixel += 3) {
      int grain = random.nextInt(-GRAIN, GRAIN + 1);
      for (int channel = 0; channel < 3; channel++) {
        int value = (samples[pixel + channel] & 0xff) + grain;
        samples[pixel + channel] = (byte) Math.max(0, Math.min(255, value));
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality((long) width * height < SMALL ? 0.9f : 0.85f);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
