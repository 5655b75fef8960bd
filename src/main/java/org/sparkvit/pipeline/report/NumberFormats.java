package org.sparkvit.pipeline.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Formats numbers everywhere in the report. NaN stands for an undefined number. */
public final class NumberFormats {
  private static final String UNDEFINED = "undefined";
  private static final List<String> BYTE_UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Map<String, String> TITLES =
      Map.ofEntries(
          Map.entry("accuracy", "Accuracy"),
          Map.entry("balanced_accuracy", "Balanced accuracy"),
          Map.entry("precision", "Precision"),
          Map.entry("recall", "Recall"),
          Map.entry("f1", "F1"),
          Map.entry("mcc", "MCC"),
          Map.entry("log_loss", "Log-loss"),
          Map.entry("cohen_kappa", "Cohen's kappa"),
          Map.entry("brier", "Brier score"),
          Map.entry("top_2_accuracy", "Right class among two"),
          Map.entry("top_5_accuracy", "Right class among five"),
          Map.entry("ece", "Calibration error, mean"),
          Map.entry("mce", "Calibration error, largest"),
          Map.entry("roc_auc", "ROC-AUC"),
          Map.entry("average_precision", "Average precision"),
          Map.entry("images", "Images"),
          Map.entry("unlabelled", "Without a label"),
          Map.entry("unscored", "With a label, without a prediction"));
  private static final List<String> AVERAGES = List.of("minority_weighted", "weighted", "macro");

  /** Formats a count, e.g. {@code 12,345}. */
  public String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Formats a metric or a probability with three decimals. */
  public String metric(double value) {
    return Double.isNaN(value) ? UNDEFINED : String.format(Locale.ROOT, "%.3f", value);
  }

  /** Formats a fraction of 1 as a percentage with one decimal. */
  public String share(double value) {
    return Double.isNaN(value)
        ? UNDEFINED
        : String.format(Locale.ROOT, "%.1f\u00a0%%", 100 * value);
  }

  /** Formats any number with five significant digits. */
  public String number(double value) {
    if (Double.isNaN(value)) {
      return UNDEFINED;
    }
    return new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros().toPlainString();
  }

  /** Formats a quantity that need not be whole, e.g. a sum of weights. */
  public String amount(double value) {
    return Double.isNaN(value) ? UNDEFINED : String.format(Locale.ROOT, "%,.1f", value);
  }

  /** Formats a size in bytes, e.g. {@code 1.2 MiB}. */
  public String bytes(long value) {
    double scaled = value;
    int unit = 0;
    while (scaled >= 1024 && unit < BYTE_UNITS.size() - 1) {
      scaled /= 1024;
      unit++;
    }
    return unit == 0
        ? value + "\u00a0B"
        : String.format(Locale.ROOT, "%.1f\u00a0%s", scaled, BYTE_UNITS.get(unit));
  }

  /** Formats a time as date and minute in UTC. */
  public String time(Instant value) {
    return TIME.format(value);
  }

  /** Returns the title of a metric. An unknown name is returned unchanged. */
  public String title(String metric) {
    for (String average : AVERAGES) {
      if (metric.endsWith("_" + average)) {
        String base = TITLES.get(metric.substring(0, metric.length() - average.length() - 1));
        if (base != null) {
          return base + ", " + average.replace('_', '-');
        }
      }
    }
    return TITLES.getOrDefault(metric, metric);
  }

  /** Returns the first digits of a hash, which suffice to tell models apart. */
  public String hash(String value) {
    return value.length() <= 12 ? value : value.substring(0, 12);
  }
}
