package org.sparkvit.pipeline.report;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.Instant;

/**
 * Writes the report for machines: everything that the page shows except its pictures. Undefined
 * numbers are null, and so are thresholds that nothing reaches.
 */
final class ReportJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(
              new SimpleModule()
                  .addSerializer(new Finite())
                  .addSerializer(Double.TYPE, new Finite())
                  .addSerializer(Instant.class, ToStringSerializer.instance))
          .addMixIn(AuditSection.Item.class, NoPictures.class)
          .addMixIn(MistakeSection.Mistake.class, NoPictures.class)
          .addMixIn(AttentionSection.Card.class, NoPictures.class)
          .addMixIn(AttentionSection.Near.class, NoPictures.class)
          .build();

  private ReportJson() {}

  static String write(Report report) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leaves out the pictures. */
  @JsonIgnoreProperties({"image", "maps", "other"})
  private interface NoPictures {}

  /** Writes null for NaN and infinity, which JSON does not have. */
  private static final class Finite extends StdSerializer<Double> {
    Finite() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        out.writeNumber(value);
      } else {
        out.writeNull();
      }
    }
  }
}
