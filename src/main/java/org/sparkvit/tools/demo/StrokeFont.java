package org.sparkvit.tools.demo;

import java.awt.geom.Path2D;
import java.util.List;
import java.util.Map;

/**
 * A small built-in stroke font: printable ASCII as far as the sample pictures need it.
 *
 * <p>Java2D's own text depends on the fonts of the machine, and a bare server has none (its text
 * then throws, or differs from the next machine's). Strokes are only lines, so the data set is the
 * same everywhere.
 *
 * <p>A glyph is a list of strokes, a stroke a run of points, a point two digits: x from the left, y
 * from the bottom, with the descender line at 0, the baseline at 2, the x-height at 6 and the cap
 * height at 8. A stroke that starts with {@code ~} is a quadratic spline: its first and last points
 * are on the curve, those between are control points.
 */
final class StrokeFont {
  private static final int BASELINE = 2;
  private static final int X_HEIGHT = 6;
  private static final int CAP_HEIGHT = 8;
  private static final double SPACE = 2.4;
  private static final double MONO_ADVANCE = 4.2;

  private static final Map<Character, Glyph> GLYPHS =
      Map.ofEntries(
          glyph('A', "022842 1434"),
          glyph('B', "0208 ~08484505 ~05454202"),
          glyph('C', "~473808023243"),
          glyph('D', "0208 ~08484202"),
          glyph('E', "48080242 0535"),
          glyph('F', "480802 0535"),
          glyph('G', "~473808023242 424525"),
          glyph('H', "0208 4248 0545"),
          glyph('I', "0208"),
          glyph('J', "3834 ~34320204"),
          glyph('K', "0208 480542"),
          glyph('L', "080242"),
          glyph('M', "0208244842"),
          glyph('N', "02084248"),
          glyph('O', "~280802424828"),
          glyph('P', "0208 ~08484505"),
          glyph('Q', "~280802424828 2442"),
          glyph('R', "0208 ~08484505 2542"),
          glyph('S', "~4748080545420203"),
          glyph('T', "0848 2822"),
          glyph('U', "0804 ~04024244 4448"),
          glyph('V', "082248"),
          glyph('W', "0812263248"),
          glyph('X', "0842 0248"),
          glyph('Y', "082548 2522"),
          glyph('Z', "08480242"),
          glyph('a', "3632 ~353606023233"),
          glyph('b', "0802 ~030232360605"),
          glyph('c', "~353606023233"),
          glyph('d', "3832 ~353606023233"),
          glyph('e', "0434 ~343606023233"),
          glyph('f', "~281815 1512 0626"),
          glyph('g', "3631 ~353606023233 ~31300001"),
          glyph('h', "0802 ~04063634 3432"),
          glyph('i', "0602 0807"),
          glyph('j', "1611 ~111000 1817"),
          glyph('k', "0802 360432"),
          glyph('l', "0802"),
          glyph('m', "0602 ~04062624 2422 ~24264644 4442"),
          glyph('n', "0602 ~04063634 3432"),
          glyph('o', "~160602323616"),
          glyph('p', "0600 ~030232360605"),
          glyph('q', "3630 ~353606023233"),
          glyph('r', "0602 ~040626"),
          glyph('s', "~3536060434320203"),
          glyph('t', "1814 ~141222 0626"),
          glyph('u', "0604 ~04023234 3632"),
          glyph('v', "062246"),
          glyph('w', "0612243246"),
          glyph('x', "0632 0236"),
          glyph('y', "0622 4610"),
          glyph('z', "06360232"),
          glyph('0', "~180802323818"),
          glyph('1', "071812"),
          glyph('2', "~0708383502 0232"),
          glyph('3', "~0708383515 ~1535320203"),
          glyph('4', "280444 3632"),
          glyph('5', "380805 ~0535320203"),
          glyph('6', "~3738080232350504"),
          glyph('7', "083812"),
          glyph('8', "~180805353818 ~150502323515"),
          glyph('9', "~0302323808053536"),
          glyph('.', "0203"),
          glyph(',', "1301"),
          glyph(':', "0203 0605"),
          glyph(';', "1301 1615"),
          glyph('-', "0525"),
          glyph('+', "0545 2723"),
          glyph('/', "0238"),
          glyph('<', "370533"),
          glyph('>', "073503"),
          glyph('(', "~18080212"),
          glyph(')', "~08181202"),
          glyph('\'', "0806"),
          glyph('"', "0806 1816"),
          glyph('!', "0804 0302"),
          glyph('?', "~07083815 1514 1312"),
          glyph('&', "42171828370422 2245"),
          glyph('%', "0248 0807 4342"),
          glyph('#', "1218 3238 0444 0646"),
          glyph('*', "2824 1735 1537"),
          glyph('$', "~4738080545420213 2921"),
          glyph('=', "0444 0646"));

  private StrokeFont() {}

  private record Glyph(List<String> strokes, double width) {}

  private static Map.Entry<Character, Glyph> glyph(char c, String strokes) {
    int width = 0;
    List<String> parts = List.of(strokes.split(" ", -1));
    for (String stroke : parts) {
      for (int i = first(stroke); i < stroke.length(); i += 2) {
        width = Math.max(width, stroke.charAt(i) - '0');
      }
    }
    return Map.entry(c, new Glyph(parts, width));
  }

  private static int first(String stroke) {
    return stroke.charAt(0) == '~' ? 1 : 0;
  }

  /** Width of a line of text in the unit of {@code cap}, its cap height. */
  static double width(String text, Typeface face, double cap) {
    double w = 0;
    for (int i = 0; i < text.length(); i++) {
      w += advance(text.charAt(i), face);
    }
    return (text.isEmpty() ? 0 : w - face.spacing()) * face.width() * unit(cap);
  }

  /**
   * The centre lines of a line of text, to be drawn with round caps and joins.
   *
   * @param x left edge
   * @param baseline y of the baseline, y growing downwards
   * @param cap height of a capital
   */
  static Path2D outline(String text, Typeface face, double x, double baseline, double cap) {
    Path2D path = new Path2D.Double();
    Pen pen = new Pen(path, face, baseline, unit(cap));
    double left = x;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      Glyph glyph = GLYPHS.get(c);
      double scale = face.width() * unit(cap);
      if (glyph != null) {
        double inset = face.mono() ? (MONO_ADVANCE - glyph.width) / 2 : 0;
        pen.left = left + inset * scale;
        for (String stroke : glyph.strokes) {
          pen.stroke(stroke);
        }
      } else if (c != ' ') {
        throw new IllegalArgumentException("no glyph for '" + c + "' in \"" + text + "\"");
      }
      left += advance(c, face) * scale;
    }
    return path;
  }

  private static double unit(double cap) {
    return cap / (CAP_HEIGHT - BASELINE);
  }

  private static double advance(char c, Typeface face) {
    if (face.mono()) {
      return MONO_ADVANCE + face.spacing();
    }
    Glyph glyph = GLYPHS.get(c);
    return (glyph == null ? SPACE : glyph.width) + face.spacing();
  }

  /** Turns skeleton points into path segments at the current letter's place. */
  private static final class Pen {
    private final Path2D path;
    private final Typeface face;
    private final double baseline;
    private final double unit;
    private double left;

    Pen(Path2D path, Typeface face, double baseline, double unit) {
      this.path = path;
      this.face = face;
      this.baseline = baseline;
      this.unit = unit;
    }

    void stroke(String s) {
      int from = first(s);
      int points = (s.length() - from) / 2;
      path.moveTo(px(s, from), py(s, from));
      if (from == 0) {
        for (int p = 1; p < points; p++) {
          path.lineTo(px(s, 2 * p), py(s, 2 * p));
        }
        if (face.serif() && points == 2 && s.charAt(0) == s.charAt(2)) {
          serif(s, 0);
          serif(s, 2);
        }
        return;
      }
      for (int p = 1; p < points - 1; p++) {
        int at = from + 2 * p;
        boolean last = p == points - 2;
        double x = last ? px(s, at + 2) : (px(s, at) + px(s, at + 2)) / 2;
        double y = last ? py(s, at + 2) : (py(s, at) + py(s, at + 2)) / 2;
        path.quadTo(px(s, at), py(s, at), x, y);
      }
    }

    private void serif(String s, int at) {
      int y = s.charAt(at + 1) - '0';
      if (y == BASELINE || y == CAP_HEIGHT || y == X_HEIGHT) {
        double half = 0.8 * unit * face.width();
        path.moveTo(px(s, at) - half, py(s, at));
        path.lineTo(px(s, at) + half, py(s, at));
      }
    }

    private double px(String s, int at) {
      double up = (s.charAt(at + 1) - '0' - BASELINE) * unit;
      return left + (s.charAt(at) - '0') * unit * face.width() + up * face.slant();
    }

    private double py(String s, int at) {
      return baseline - (s.charAt(at + 1) - '0' - BASELINE) * unit;
    }
  }
}
