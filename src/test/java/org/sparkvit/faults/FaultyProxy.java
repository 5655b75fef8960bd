package org.sparkvit.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Stands on 127.0.0.1 before an HTTP server and hands on what passes, but for an outage: then it
 * answers every third request with 503, cuts the connection of every third, and cuts the answers to
 * the others short.
 */
final class FaultyProxy implements AutoCloseable {
  private static final Pattern REQUEST = Pattern.compile("(?s)(GET|HEAD|PUT|POST|DELETE) /.*");
  private static final String UNAVAILABLE =
      "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  /** Within the headers of some answers and the body of others. */
  private static final int SHORT_ANSWER = 700;

  private final ServerSocket listener;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();
  private final AtomicLong faults = new AtomicLong();
  private final AtomicReference<Outage> outage = new AtomicReference<>();

  /** From a number of requests on, until a time after that. */
  private static final class Outage {
    final long firstRequest;
    final Duration length;
    long ends = Long.MAX_VALUE;

    Outage(long firstRequest, Duration length) {
      this.firstRequest = firstRequest;
      this.length = length;
    }

    synchronized boolean isOn(long request) {
      if (request < firstRequest) {
        return false;
      }
      if (ends == Long.MAX_VALUE) {
        ends = System.nanoTime() + length.toNanos();
      }
      return System.nanoTime() < ends;
    }
  }

  FaultyProxy(int server) throws IOException {
    this.server = server;
    this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    start("accept", this::accept);
  }

  String endpoint() {
    return String.format(Locale.ROOT, "http://127.0.0.1:%d", listener.getLocalPort());
  }

  /** The outage begins with the {@code n}th request from now. */
  void breakAfter(long n, Duration length) {
    faults.set(0);
    outage.set(new Outage(requests.get() + n, length));
  }

  void mend() {
    outage.set(null);
  }

  /** Requests that the outage has met. */
  long faults() {
    return faults.get();
  }

  long requests() {
    return requests.get();
  }

  /** How many of all requests so far begin so: method, a space and the path's beginning. */
  long requests(String beginning) {
    return lines.stream().filter(line -> line.startsWith(beginning)).count();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
      open.add(client);
      open.add(upstream);
      AtomicLong answer = new AtomicLong(Long.MAX_VALUE);
      start("requests", () -> pass(client, upstream, answer));
      start("answers", () -> answer(upstream, client, answer));
    }
  }

  private void pass(Socket client, Socket upstream, AtomicLong answer) throws IOException {
    try (client;
        upstream) {
      InputStream in = client.getInputStream();
      OutputStream out = upstream.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (startsRequest(buffer, n)) {
          long number = requests.incrementAndGet();
          lines.add(new String(buffer, 0, n, StandardCharsets.ISO_8859_1).split("\r?\n", 2)[0]);
          Outage now = outage.get();
          if (now != null && now.isOn(number)) {
            long fault = faults.incrementAndGet();
            if (fault % 3 == 0) {
              client.getOutputStream().write(UNAVAILABLE.getBytes(StandardCharsets.US_ASCII));
              return;
            } else if (fault % 3 == 1) {
              return;
            }
            answer.set(SHORT_ANSWER);
          }
        }
        out.write(buffer, 0, n);
      }
    } finally {
      open.remove(client);
      open.remove(upstream);
    }
  }

  private static void answer(Socket upstream, Socket client, AtomicLong left) throws IOException {
    try (upstream;
        client) {
      InputStream in = upstream.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(buffer, 0, (int) Math.min(n, left.get()));
        if (left.addAndGet(-n) <= 0) {
          return;
        }
      }
    }
  }

  private static boolean startsRequest(byte[] buffer, int n) {
    String start = new String(buffer, 0, Math.min(n, 12), StandardCharsets.US_ASCII);
    return REQUEST.matcher(start).matches();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One of the two has closed the connection, as they do.
              }
            },
            "faulty-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
