package org.sparkvit.pipeline.report;

import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Renders a report as HTML. Everything that comes from the data is escaped, as the templates are
 * {@code .ftlh}.
 */
final class ReportPage {
  /** Matches control characters in names, which HTML must not contain. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

  private static final Pattern DRAWINGS =
      Pattern.compile("/\\* Drawings.*?\\*/\\n(.*?)\\n/\\* End", Pattern.DOTALL);
  private static final Pattern LIGHT = Pattern.compile("--([\\w-]+): ([^;]+);");
  private static final Pattern VARIABLE = Pattern.compile("var\\(--([\\w-]+)\\)");

  private final Configuration templates;

  ReportPage() {
    templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassForTemplateLoading(ReportPage.class, "/org/sparkvit/pipeline/report");
    templates.setDefaultEncoding("UTF-8");
    templates.setLocale(Locale.ROOT);
    // Numbers look as Figures makes them look; a bare one stands in an attribute or a drawing.
    templates.setNumberFormat("0.####");
    templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    templates.setWrapUncheckedExceptions(true);
  }

  /** Returns the whole page. */
  String render(Report report) {
    String script = resource("explore.js");
    return render(
        "report.ftlh", Map.of("report", report, "script", script, "scriptHash", sha256(script)));
  }

  /** Returns the page's drawings of the model as SVG files, by name, in its light colours. */
  Map<String, String> plots(Report report) {
    Map<String, String> plots = new LinkedHashMap<>();
    if (report.curves() != null) {
      plots.put("roc", plot("roc", report.curves()));
      plots.put("precision-recall", plot("precision-recall", report.curves()));
    }
    if (report.calibration() != null) {
      report
          .calibration()
          .diagrams()
          .forEach(diagram -> plots.put(diagram.id(), plot("reliability", diagram)));
    }
    if (report.training() != null) {
      report
          .training()
          .runs()
          .forEach(
              run -> run.charts().forEach(chart -> plots.put(chart.id(), plot("training", chart))));
    }
    return plots;
  }

  private String plot(String kind, Object chart) {
    return render("plot.ftlh", Map.of("kind", kind, "chart", chart, "style", drawingStyle()));
  }

  /**
   * Returns the page's style rules for drawings with their variables replaced, as SVG viewers other
   * than browsers know no variables.
   */
  private static String drawingStyle() {
    String page = resource("style.css");
    Map<String, String> light = new HashMap<>();
    Matcher colors = LIGHT.matcher(page.substring(0, page.indexOf('}')));
    while (colors.find()) {
      light.put(colors.group(1), colors.group(2));
    }
    Matcher drawings = DRAWINGS.matcher(page);
    if (!drawings.find()) {
      throw new IllegalStateException("style.css has no rules for drawings");
    }
    return VARIABLE.matcher(drawings.group(1)).replaceAll(name -> light.get(name.group(1)));
  }

  private String render(String template, Map<String, Object> model) {
    Map<String, Object> all = new HashMap<>(model);
    all.put("figures", new NumberFormats());
    StringWriter out = new StringWriter();
    try {
      templates.getTemplate(template).process(all, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException(e);
    }
    return CONTROL.matcher(out.toString()).replaceAll("\uFFFD");
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the hash by which a Content-Security-Policy allows a script. */
  private static String sha256(String script) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
