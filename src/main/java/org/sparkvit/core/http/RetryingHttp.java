package org.sparkvit.core.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends requests, and sends them again where a later answer may be better. Redirections are not
 * followed, as they would carry credentials to other hosts. Its threads do not keep the JVM alive.
 */
public final class RetryingHttp {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** The time for a request that names none. */
  private static final Duration LONGEST = Duration.ofMinutes(30);

  private final HttpClient client;
  private final int attempts;
  private final Duration firstWait;
  private final Duration longestWait;

  /**
   * Creates a sender.
   *
   * @param attempts the number of times that a request is sent at most, 1 or more
   * @param firstWait the time before the second attempt, which doubles each time; a server's {@code
   *     Retry-After} in seconds has precedence
   * @param longestWait the longest time between two attempts
   */
  public RetryingHttp(int attempts, Duration firstWait, Duration longestWait) {
    this.client =
        HttpClient.newBuilder()
            // Without an offer of HTTP/2, which not every server and proxy takes in clear text.
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.attempts = attempts;
    this.firstWait = firstWait;
    this.longestWait = longestWait;
  }

  /**
   * Sends a request that may be repeated.
   *
   * @param request a request with a timeout of its own; its body can be sent several times
   * @return the text of the answer
   * @throws HttpFailure when no attempt was answered with success
   */
  public String send(HttpRequest request) throws HttpFailure {
    Duration wait = firstWait;
    for (int attempt = 1; ; attempt++) {
      HttpFailure failure;
      Duration asked = wait;
      try {
        HttpResponse<String> response = answer(request);
        if (response.statusCode() / 100 == 2) {
          return response.body();
        }
        failure = HttpFailure.ofStatus(response.statusCode(), response.body());
        asked = retryAfter(response, wait);
      } catch (IOException e) {
        failure = HttpFailure.ofException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw HttpFailure.ofException(e);
      }
      if (attempt >= attempts || !failure.isTransient()) {
        throw failure;
      }
      pause(asked, failure);
      wait = wait.multipliedBy(2);
    }
  }

  /**
   * Sends a request once. Its timeout holds for the whole answer; the JDK's own ends with the
   * headers.
   */
  private HttpResponse<String> answer(HttpRequest request)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    Duration most = request.timeout().orElse(LONGEST);
    try {
      return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw (IOException)
          new HttpTimeoutException("it takes more than " + most.toMillis() + " ms").initCause(e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      // Closes the connection where somebody still waits for it.
      answer.cancel(true);
    }
  }

  private Duration retryAfter(HttpResponse<?> response, Duration otherwise) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,6}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(otherwise);
  }

  private void pause(Duration wait, HttpFailure failure) throws HttpFailure {
    try {
      Thread.sleep((wait.compareTo(longestWait) < 0 ? wait : longestWait).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }
}
