package org.sparkvit.tools.demo;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.font.GlyphVector;
import java.awt.font.TextLayout;
import java.awt.geom.Rectangle2D;
import org.junit.jupiter.api.Test;
import org.sparkvit.MainClasses;

class StrokeFontTest {
  private static final Typeface PLAIN = new Typeface(1, 0.1, 0, 1.6, false, false);

  @Test
  void everyLetterAndDigitHasAnOutlineWithinItsLines() {
    String all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int i = 0; i < all.length(); i++) {
      String letter = all.substring(i, i + 1);
      Rectangle2D box = StrokeFont.outline(letter, PLAIN, 10, 100, 60).getBounds2D();
      assertThat(box.getHeight()).as(letter).isGreaterThan(0);
      assertThat(box.getMinY()).as(letter).isGreaterThanOrEqualTo(40 - 1e-9);
      assertThat(box.getMaxY()).as(letter).isLessThanOrEqualTo(120 + 1e-9);
      assertThat(box.getMinX()).as(letter).isGreaterThanOrEqualTo(10 - 1e-9);
      assertThat(box.getMaxX())
          .as(letter)
          .isLessThanOrEqualTo(10 + StrokeFont.width(letter, PLAIN, 60) + 1e-9);
    }
  }

  @Test
  void capitalsAreAsTallAsAskedAndWidthsAdd() {
    Rectangle2D box = StrokeFont.outline("H", PLAIN, 0, 50, 30).getBounds2D();
    assertThat(box.getMinY()).isCloseTo(20, within(1e-9));
    assertThat(box.getMaxY()).isCloseTo(50, within(1e-9));
    double gap = 1.6 * 30 / 6;
    assertThat(StrokeFont.width("AB", PLAIN, 30))
        .isCloseTo(
            StrokeFont.width("A", PLAIN, 30) + gap + StrokeFont.width("B", PLAIN, 30),
            within(1e-9));
    assertThat(StrokeFont.width("", PLAIN, 30)).isZero();
    assertThat(StrokeFont.width("ii", Typeface.OCR, 30))
        .isEqualTo(StrokeFont.width("MM", Typeface.OCR, 30));
  }

  @Test
  void aLetterThatIsNotThereIsABugNotAGap() {
    assertThatThrownBy(() -> StrokeFont.outline("a~b", PLAIN, 0, 0, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'~'");
  }

  @Test
  void nothingIsDrawnWithInstalledFonts() {
    noClasses()
        .should()
        .dependOnClassesThat(
            belongToAnyOf(Font.class, FontMetrics.class, TextLayout.class, GlyphVector.class))
        .orShould()
        .callMethod(Graphics2D.class, "drawString", String.class, int.class, int.class)
        .orShould()
        .callMethod(Graphics2D.class, "drawString", String.class, float.class, float.class)
        .orShould()
        .callMethod(Graphics.class, "drawString", String.class, int.class, int.class)
        .check(
            new ClassFileImporter()
                .withImportOption(new MainClasses())
                .importPackages("org.sparkvit.tools.demo"));
  }
}
