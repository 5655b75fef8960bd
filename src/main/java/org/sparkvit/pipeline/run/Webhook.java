package org.sparkvit.pipeline.run;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.HttpFailure;
import org.sparkvit.core.http.RetryingHttp;

/**
 * Posts the summary of a run to an address. The address is a secret, as whoever knows it may post
 * there, so no message has more of it than its host.
 */
final class Webhook {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 3;

  private final URI address;
  private final RetryingHttp http;

  /**
   * Creates a webhook.
   *
   * @throws UserException when the text is no http(s) address; the message does not show it
   */
  Webhook(String address) {
    this(address, new RetryingHttp(ATTEMPTS, FIRST_WAIT, LONGEST_WAIT));
  }

  Webhook(String address, RetryingHttp http) {
    this.address = address(address);
    this.http = http;
  }

  /** Reads an address, as the constructor does. */
  static URI address(String text) {
    try {
      URI uri = URI.create(text.strip());
      if (uri.getHost() != null && String.valueOf(uri.getScheme()).matches("(?i)https?")) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Its message would show the address.
    }
    throw new UserException("the webhook's address is not of the form https://HOST/PATH");
  }

  /**
   * Posts a summary with a sentence on it.
   *
   * @param sentence the sentence for people
   * @return a warning for people where it could not be delivered
   */
  Optional<String> deliver(String sentence, Map<String, Object> summary) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("text", sentence);
    body.putAll(summary);
    try {
      http.send(
          HttpRequest.newBuilder(address)
              .timeout(TIMEOUT)
              .header("Content-Type", "application/json; charset=utf-8")
              .header("User-Agent", "spark-vit")
              .POST(
                  HttpRequest.BodyPublishers.ofString(
                      SummaryJson.line(body), StandardCharsets.UTF_8))
              .build());
      return Optional.empty();
    } catch (HttpFailure e) {
      return Optional.of(
          "warning: the webhook at "
              + address.getHost()
              + " does not have the summary ("
              + e.getMessage()
              + ")");
    }
  }
}
