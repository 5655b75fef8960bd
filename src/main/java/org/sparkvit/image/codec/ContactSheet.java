package org.sparkvit.image.codec;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.sparkvit.image.PixelImage;

/** Draws a sheet of small pictures with captions as a PNG file. */
public final class ContactSheet {
  private static final int CELL = 128;
  private static final int CAPTION = 18;
  private static final int GAP = 6;
  private static final int LETTERS = 22;

  private ContactSheet() {}

  /** A picture and the text that is written below it. */
  public record Cell(PixelImage image, String caption) {}

  /**
   * Draws a sheet.
   *
   * @param rows the rows of the sheet, at least one; none may have more cells than the first
   * @return a PNG file
   */
  public static byte[] draw(List<List<Cell>> rows) {
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow();
    int width = GAP + columns * (CELL + GAP);
    int height = GAP + rows.size() * (CELL + CAPTION + GAP);
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, width, height);
      graphics.setColor(Color.BLACK);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 10));
      for (int row = 0; row < rows.size(); row++) {
        for (int column = 0; column < rows.get(row).size(); column++) {
          Cell cell = rows.get(row).get(column);
          int x = GAP + column * (CELL + GAP);
          int y = GAP + row * (CELL + CAPTION + GAP);
          graphics.drawImage(toBuffered(cell.image()), x, y, CELL, CELL, null);
          graphics.drawString(cut(cell.caption()), x, y + CELL + CAPTION - 5);
        }
      }
    } finally {
      graphics.dispose();
    }
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(sheet, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String cut(String caption) {
    return caption.length() <= LETTERS ? caption : caption.substring(0, LETTERS - 1) + "…";
  }

  private static BufferedImage toBuffered(PixelImage image) {
    BufferedImage result =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb();
    for (int i = 0; i < image.width() * image.height(); i++) {
      int colour =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
      result.setRGB(i % image.width(), i / image.width(), colour);
    }
    return result;
  }
}
