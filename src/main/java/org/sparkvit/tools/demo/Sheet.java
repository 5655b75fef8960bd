package org.sparkvit.tools.demo;

import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.Paint;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** A flat drawing surface, transparent at first; lengths are its pixels, y grows downwards. */
final class Sheet {
  enum Align {
    LEFT,
    CENTRE,
    RIGHT
  }

  final int width;
  final int height;
  final BufferedImage image;
  final Graphics2D g;

  /** Whether it shows a view by night. */
  private boolean night;

  Sheet(int width, int height) {
    this.width = width;
    this.height = height;
    image = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
  }

  boolean isNight() {
    return night;
  }

  void setNight(boolean night) {
    this.night = night;
  }

  void fill(Paint paint, Shape shape) {
    g.setPaint(paint);
    g.fill(shape);
  }

  void background(Paint paint) {
    rect(paint, 0, 0, width, height);
  }

  /** Fills the sheet as a card with rounded corners and keeps later drawing inside it. */
  void card(Paint paint, double radius) {
    Shape card = new RoundRectangle2D.Double(0, 0, width, height, 2 * radius, 2 * radius);
    fill(paint, card);
    // A clip by shape is not antialiased; drawing only where something is already keeps the edge.
    g.setComposite(AlphaComposite.SrcAtop);
  }

  void rect(Paint paint, double x, double y, double w, double h) {
    fill(paint, new Rectangle2D.Double(x, y, w, h));
  }

  void round(Paint paint, double x, double y, double w, double h, double radius) {
    fill(paint, new RoundRectangle2D.Double(x, y, w, h, 2 * radius, 2 * radius));
  }

  void circle(Paint paint, double x, double y, double radius) {
    oval(paint, x, y, radius, radius);
  }

  void oval(Paint paint, double x, double y, double rx, double ry) {
    fill(paint, new Ellipse2D.Double(x - rx, y - ry, 2 * rx, 2 * ry));
  }

  /** A filled polygon; {@code xy} alternates x and y. */
  void polygon(Paint paint, double... xy) {
    fill(paint, path(true, xy));
  }

  void draw(Paint paint, double stroke, Shape shape) {
    g.setPaint(paint);
    g.setStroke(new BasicStroke((float) stroke, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    g.draw(shape);
  }

  void line(Paint paint, double stroke, double x1, double y1, double x2, double y2) {
    draw(paint, stroke, new Line2D.Double(x1, y1, x2, y2));
  }

  void box(Paint paint, double stroke, double x, double y, double w, double h) {
    draw(paint, stroke, new Rectangle2D.Double(x, y, w, h));
  }

  void ring(Paint paint, double stroke, double x, double y, double radius) {
    draw(paint, stroke, new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  /** An open line through points; {@code xy} alternates x and y. */
  void polyline(Paint paint, double stroke, double... xy) {
    draw(paint, stroke, path(false, xy));
  }

  static Path2D path(boolean closed, double... xy) {
    Path2D path = new Path2D.Double();
    path.moveTo(xy[0], xy[1]);
    for (int i = 2; i < xy.length; i += 2) {
      path.lineTo(xy[i], xy[i + 1]);
    }
    if (closed) {
      path.closePath();
    }
    return path;
  }

  /** One line of text; {@code x} is its left edge, centre or right edge. */
  void text(Typeface face, Color ink, String s, double x, double baseline, double cap, Align at) {
    double shift =
        switch (at) {
          case LEFT -> 0;
          case CENTRE -> StrokeFont.width(s, face, cap) / 2;
          case RIGHT -> StrokeFont.width(s, face, cap);
        };
    draw(ink, face.weight() * cap, StrokeFont.outline(s, face, x - shift, baseline, cap));
  }

  void text(Typeface face, Color ink, String s, double x, double baseline, double cap) {
    text(face, ink, s, x, baseline, cap, Align.LEFT);
  }

  /** A line of text made smaller where it would be wider than {@code room}. */
  void fitted(
      Typeface face, Color ink, String s, double x, double y, double cap, double room, Align at) {
    double w = StrokeFont.width(s, face, cap);
    text(face, ink, s, x, y, w > room ? cap * room / w : cap, at);
  }

  /**
   * Words set line by line into a column, ragged right.
   *
   * @return the baseline that would come next
   */
  double paragraph(
      Typeface face, Color ink, List<String> words, Column column, double y, double cap) {
    double lead = cap * column.lead;
    double next = y;
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && StrokeFont.width(longer, face, cap) > column.width) {
        if (next > column.bottom) {
          return next;
        }
        text(face, ink, line.toString(), column.x, next, cap);
        next += lead;
        line.setLength(0);
        line.append(word);
      } else {
        line.setLength(0);
        line.append(longer);
      }
    }
    if (!line.isEmpty() && next <= column.bottom) {
      text(face, ink, line.toString(), column.x, next, cap);
      next += lead;
    }
    return next;
  }

  /**
   * Where a paragraph goes.
   *
   * @param bottom no baseline goes below this
   * @param lead distance of baselines in cap heights
   */
  record Column(double x, double width, double bottom, double lead) {}

  /** A top-to-bottom or slanted gradient over the whole sheet. */
  Paint gradient(Color from, Color to, boolean slanted) {
    return new GradientPaint(0, 0, from, slanted ? width : 0, height, to);
  }

  /** Runs {@code drawing} turned by an angle in radians about a point. */
  void turned(double angle, double x, double y, Runnable drawing) {
    AffineTransform before = g.getTransform();
    g.rotate(angle, x, y);
    drawing.run();
    g.setTransform(before);
  }

  static Color alpha(Color c, double alpha) {
    return new Color(c.getRed(), c.getGreen(), c.getBlue(), (int) Math.round(alpha * 255));
  }

  static Color mix(Color a, Color b, double share) {
    return new Color(
        (int) Math.round(a.getRed() + (b.getRed() - a.getRed()) * share),
        (int) Math.round(a.getGreen() + (b.getGreen() - a.getGreen()) * share),
        (int) Math.round(a.getBlue() + (b.getBlue() - a.getBlue()) * share));
  }
}
