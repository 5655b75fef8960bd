package org.sparkvit.core.http;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on 127.0.0.1 that keeps what it gets, and answers with the statuses that a test names.
 */
public final class WebServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deque<Integer> statuses = new ArrayDeque<>();
  private final List<String> bodies = new ArrayList<>();
  private String retryAfter;

  /** Creates a server that answers with these statuses in turn, and then with 200. */
  public WebServer(Integer... statuses) throws IOException {
    this.statuses.addAll(List.of(statuses));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          int status;
          synchronized (this) {
            bodies.add(body);
            status = this.statuses.isEmpty() ? 200 : this.statuses.poll();
            if (retryAfter != null) {
              exchange.getResponseHeaders().set("Retry-After", retryAfter);
            }
          }
          if (status == 302) {
            exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/login");
          }
          exchange.sendResponseHeaders(status, 2);
          exchange.getResponseBody().write(new byte[] {'o', 'k'});
          exchange.close();
        });
    server.start();
  }

  synchronized void askForPatience(String seconds) {
    retryAfter = seconds;
  }

  public String uri(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  public synchronized List<String> bodies() {
    return List.copyOf(bodies);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
