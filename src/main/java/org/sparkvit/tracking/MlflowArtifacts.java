package org.sparkvit.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.sparkvit.core.UserException;
import org.sparkvit.core.http.HttpFailure;

/**
 * Copies files to the artifacts of a run. Where the server hands artifacts on ({@code
 * mlflow-artifacts:}), they are uploaded to it. Elsewhere they are copied through Hadoop, with the
 * credentials that Spark has.
 */
final class MlflowArtifacts {
  private static final String PROXY = "/api/2.0/mlflow-artifacts/artifacts";

  /** Where Databricks keeps artifacts that only its own clients can write. */
  private static final String DATABRICKS = "dbfs:/databricks/mlflow-tracking/";

  private final MlflowServer server;
  private final MlflowClient client;
  private final Configuration hadoop;

  MlflowArtifacts(MlflowServer server, MlflowClient client, Configuration hadoop) {
    this.server = server;
    this.client = client;
    this.hadoop = hadoop;
  }

  /**
   * A file to copy.
   *
   * @param from the file
   * @param to its path among the artifacts
   * @param bytes its size
   */
  record Item(Path from, String to, long bytes) {}

  /** Returns the files of a folder, in the order of their names. */
  List<Item> list(String folder, String to) throws IOException {
    Path root = new Path(folder);
    FileSystem fs = root.getFileSystem(hadoop);
    String base = fs.makeQualified(root).toUri().getPath();
    List<Item> items = new ArrayList<>();
    for (RemoteIterator<LocatedFileStatus> files = fs.listFiles(root, true); files.hasNext(); ) {
      FileStatus file = files.next();
      String name = file.getPath().toUri().getPath().substring(base.length() + 1);
      if (!name.startsWith(".") && !name.contains("/.")) {
        items.add(new Item(file.getPath(), to + "/" + name, file.getLen()));
      }
    }
    items.sort((a, b) -> a.to().compareTo(b.to()));
    return items;
  }

  /**
   * Copies one file. The copy replaces what an earlier attempt has left.
   *
   * @throws HttpFailure when the server has refused it, or has not answered
   * @throws UserException when files cannot be put there; the message says why
   */
  void copy(MlflowClient.Run run, Item item) throws HttpFailure, IOException {
    Optional<URI> proxy = proxied(run.artifacts(), item.to());
    FileSystem from = item.from().getFileSystem(hadoop);
    if (proxy.isPresent()) {
      client.put(proxy.get(), () -> open(from, item.from()), item.bytes());
      return;
    }
    Path to = new Path(storage(run.artifacts()), item.to());
    FileUtil.copy(from, item.from(), fileSystem(to), to, false, true, hadoop);
  }

  private static InputStream open(FileSystem fs, Path file) {
    try {
      return fs.open(file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** Returns the address to upload a file to, or empty where the server does not hand files on. */
  private Optional<URI> proxied(String artifacts, String file) {
    URI uri = uri(artifacts);
    String scheme = String.valueOf(uri.getScheme());
    String prefix;
    if (scheme.equals("mlflow-artifacts")) {
      prefix = PROXY + path(uri.getPath());
    } else if (scheme.equals("http") || scheme.equals("https")) {
      prefix = path(uri.getPath());
    } else {
      return Optional.empty();
    }
    boolean itself =
        uri.getAuthority() == null || uri.getAuthority().equals(server.uri().getAuthority());
    if (!itself) {
      // The credentials are those of the tracking server, and go nowhere else.
      throw new UserException(
          "artifacts go to another host, "
              + uri.getHost()
              + ", which is not supported; let the tracking server hand them on"
              + " (--serve-artifacts)");
    }
    return Optional.of(
        scheme.equals("mlflow-artifacts")
            ? client.uri(prefix + path(file))
            : URI.create(scheme + "://" + uri.getRawAuthority() + prefix + path(file)));
  }

  /** Returns a path with a slash in front and each part escaped. */
  private static String path(String path) {
    return Arrays.stream(path.split("/", -1))
        .filter(part -> !part.isEmpty())
        .map(part -> "/" + URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining());
  }

  private static URI uri(String artifacts) {
    try {
      return URI.create(artifacts.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw new UserException("the folder of artifacts, '" + artifacts + "', is no URI", e);
    }
  }

  private Path storage(String artifacts) throws IOException {
    if (artifacts.startsWith(DATABRICKS)) {
      throw new UserException(
          "artifacts of Databricks' own storage can only be written by its own client; make the"
              + " experiment with an artifact location in S3");
    }
    Path folder = new Path(artifacts);
    if (!isLocal(folder)) {
      return folder;
    }
    // Without a scheme, too, it is a folder of a disk, whatever Hadoop's default is.
    Path local = new Path("file", null, folder.toUri().getPath());
    requireShared(local);
    return local;
  }

  private static boolean isLocal(Path path) {
    String scheme = path.toUri().getScheme();
    return scheme == null || scheme.equals("file");
  }

  /** Checks that a folder of the server's disk is one of this machine as well. */
  private void requireShared(Path folder) throws IOException {
    boolean here;
    try {
      here =
          Stream.of(InetAddress.getAllByName(server.uri().getHost()))
              .allMatch(InetAddress::isLoopbackAddress);
    } catch (UnknownHostException e) {
      here = false;
    }
    // A run's folder is EXPERIMENT/RUN/artifacts.
    Path run = folder.getParent();
    Path experiment = run == null ? null : run.getParent();
    if (!here && (experiment == null || !fileSystem(experiment).exists(experiment))) {
      throw new UserException(
          "artifacts go to '"
              + folder
              + "', a folder of the server that this machine does not have; let the tracking server"
              + " hand them on (--serve-artifacts)");
    }
  }

  private FileSystem fileSystem(Path path) throws IOException {
    if (isLocal(path)) {
      // Without files of checksums, which MLflow would show.
      return FileSystem.getLocal(hadoop).getRawFileSystem();
    }
    try {
      return path.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      if ("s3".equals(path.toUri().getScheme())) {
        throw new UserException(
            "this Spark knows no s3://; set spark.hadoop.fs.s3.impl to"
                + " org.apache.hadoop.fs.s3a.S3AFileSystem",
            e);
      }
      throw e;
    }
  }
}
