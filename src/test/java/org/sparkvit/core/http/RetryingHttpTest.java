package org.sparkvit.core.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, and what is not. */
class RetryingHttpTest {
  private final RetryingHttp http =
      new RetryingHttp(3, Duration.ofMillis(10), Duration.ofMillis(100));

  private static HttpRequest request(String uri) {
    return HttpRequest.newBuilder(URI.create(uri))
        .timeout(Duration.ofSeconds(2))
        .POST(HttpRequest.BodyPublishers.ofString("words"))
        .build();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void whatMayPassIsSentAgain(int status) throws Exception {
    try (WebServer server = new WebServer(status, status)) {
      assertThat(http.send(request(server.uri("/")))).isEqualTo("ok");
      assertThat(server.bodies()).containsExactly("words", "words", "words");
    }
  }

  @Test
  void thereIsAnEndToIt() throws Exception {
    try (WebServer server = new WebServer(503, 503, 503, 503)) {
      HttpFailure failure =
          catchThrowableOfType(HttpFailure.class, () -> http.send(request(server.uri("/secret"))));
      assertThat(failure).hasMessage("HTTP 503");
      assertThat(failure.status()).isEqualTo(503);
      assertThat(failure.body()).isEqualTo("ok");
      assertThat(server.bodies()).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 401, 403, 404, 411})
  void whatIsRefusedIsNotSentAgain(int status) throws Exception {
    try (WebServer server = new WebServer(status)) {
      HttpFailure failure =
          catchThrowableOfType(HttpFailure.class, () -> http.send(request(server.uri("/"))));
      assertThat(failure.isTransient()).isFalse();
      assertThat(server.bodies()).hasSize(1);
    }
  }

  @Test
  void aServerThatAsksForPatienceGetsItWithinLimits() throws Exception {
    try (WebServer server = new WebServer(429)) {
      server.askForPatience("3600");
      long begun = System.nanoTime();
      http.send(request(server.uri("/")));
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isBetween(Duration.ofMillis(100), Duration.ofSeconds(30));
    }
  }

  @Test
  void aServerThatIsNotThereMayComeAndAHostThatIsNoneMayNot() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    HttpFailure down =
        catchThrowableOfType(
            HttpFailure.class, () -> http.send(request("http://127.0.0.1:" + free + "/secret")));
    assertThat(down.isTransient()).isTrue();
    assertThat(down.getMessage()).startsWith("no answer").doesNotContain("secret");
    assertThatThrownBy(() -> http.send(request("http://nowhere.invalid/")))
        .hasMessage("there is no such host");
  }

  /** The JDK's own timeout ends with the headers. */
  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anAnswerThatDoesNotEndIsNone() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      List<Socket> open = new CopyOnWriteArrayList<>();
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (true) {
                    Socket socket = server.accept();
                    open.add(socket);
                    socket
                        .getOutputStream()
                        .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"
                                .getBytes(StandardCharsets.US_ASCII));
                  }
                } catch (IOException e) {
                  // The test is over.
                }
              });
      thread.setDaemon(true);
      thread.start();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/"))
              .timeout(Duration.ofMillis(500))
              .build();
      HttpFailure failure = catchThrowableOfType(HttpFailure.class, () -> http.send(request));
      assertThat(failure.getMessage()).startsWith("no answer, HttpTimeoutException");
      assertThat(failure.isTransient()).isTrue();
      assertThat(open).hasSize(3);
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
