package org.sparkvit.report;

import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Renders a report. All that comes from the data is escaped: the templates are {@code .ftlh}. */
final class ReportPage {
  /** Names may hold what HTML may not. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}&&[^\\n\\t]]");

  private final Configuration templates;

  ReportPage() {
    templates = new Configuration(Configuration.VERSION_2_3_34);
    templates.setClassForTemplateLoading(ReportPage.class, "/org/sparkvit/report");
    templates.setDefaultEncoding("UTF-8");
    templates.setLocale(Locale.ROOT);
    // Numbers look as Figures makes them look; a bare one stands in an attribute or a drawing.
    templates.setNumberFormat("0.####");
    templates.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    templates.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    templates.setLogTemplateExceptions(false);
    templates.setWrapUncheckedExceptions(true);
  }

  /** The whole page. */
  String render(Report report) {
    StringWriter out = new StringWriter();
    try {
      templates
          .getTemplate("report.ftlh")
          .process(Map.of("report", report, "figures", new Figures()), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException(e);
    }
    return CONTROL.matcher(out.toString()).replaceAll("\uFFFD");
  }
}
