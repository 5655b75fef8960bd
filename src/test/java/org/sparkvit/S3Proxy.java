package org.sparkvit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;

/**
 * An S3 server on 127.0.0.1 that keeps its objects in memory. It runs in a process of its own,
 * because its libraries and Spark's do not fit together, and ends with {@link #close}.
 */
public final class S3Proxy implements AutoCloseable {
  private static final Path JAR = BuildFolder.path().resolve("s3proxy.jar");
  private static final Duration START = Duration.ofSeconds(60);

  private final Process process;
  private final int port;

  private S3Proxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  public static S3Proxy start() throws IOException, InterruptedException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path folder = Files.createTempDirectory("s3proxy");
    Path properties = folder.resolve("s3proxy.properties");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:" + port,
            "s3proxy.authorization=none",
            "jclouds.provider=transient",
            "jclouds.identity=none",
            "jclouds.credential=none"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("s3proxy.log").toFile())
            .start();
    S3Proxy proxy = new S3Proxy(process, port);
    long deadline = System.nanoTime() + START.toNanos();
    while (!proxy.answers()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        proxy.close();
        throw new IOException("s3proxy did not start; see " + folder.resolve("s3proxy.log"));
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    return proxy;
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it listens on 127.0.0.1. */
  public int port() {
    return port;
  }

  /** Points {@code s3a://} of a Hadoop configuration to this server. */
  public void configure(Configuration hadoop) {
    hadoop.set("fs.s3a.endpoint", "http://127.0.0.1:" + port);
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.connection.ssl.enabled", "false");
    hadoop.set("fs.s3a.access.key", "test");
    hadoop.set("fs.s3a.secret.key", "test");
    hadoop.set("fs.s3a.connection.maximum", "200");
    hadoop.set("fs.s3a.change.detection.mode", "none");
    // Else the AWS SDK of Hadoop 3.4 ends uploads with checksums, of which the server knows
    // nothing.
    hadoop.set("fs.s3a.optimized.copy.from.local.enabled", "false");
  }

  /** Makes an empty bucket. */
  public void createBucket(String name) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/" + name))
            .PUT(HttpRequest.BodyPublishers.noBody())
            .build();
    int status =
        HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status != 200) {
      throw new IOException("making bucket " + name + " answered " + status);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
