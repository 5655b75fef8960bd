package org.sparkvit;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.spark.sql.SparkSession;

/**
 * The local disk under the scheme {@code hook:}, where a test has a word before each call: it may
 * do what another run does meanwhile, or throw what a disk throws, or end the run there.
 */
public final class HookFileSystem extends RawLocalFileSystem {
  /** Called before each call by the file system's user. */
  @FunctionalInterface
  public interface Hook {
    /**
     * Does what the test wants at this point.
     *
     * @param call create, open, list, status, rename, delete or mkdirs
     */
    void before(String call, Path path) throws IOException;
  }

  /** The same for who goes through Hadoop's FileContext. */
  public static final class Contexts extends DelegateToFileSystem {
    public Contexts(URI uri, Configuration configuration) throws IOException, URISyntaxException {
      super(uri, new HookFileSystem(), configuration, "hook", false);
    }
  }

  private static final Hook NONE = (call, path) -> {};
  private static final AtomicReference<Hook> HOOK = new AtomicReference<>(NONE);

  /** A local folder under this scheme. */
  public static String uri(SparkSession spark, java.nio.file.Path folder) {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    configuration.set("fs.hook.impl", HookFileSystem.class.getName());
    configuration.set("fs.AbstractFileSystem.hook.impl", Contexts.class.getName());
    return "hook://" + folder.toAbsolutePath();
  }

  /** Sets the hook of all. */
  public static void set(Hook hook) {
    HOOK.set(hook);
  }

  /** Takes the hook away, so that what it does itself, or a second run, does not meet it. */
  public static void clear() {
    HOOK.set(NONE);
  }

  private static void before(String call, Path path) throws IOException {
    HOOK.get().before(call, path);
  }

  @Override
  public URI getUri() {
    return URI.create("hook:///");
  }

  @Override
  public String getScheme() {
    return "hook";
  }

  @Override
  public void setPermission(Path path, FsPermission permission) {
    // As it is.
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    before("open", path);
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    before("create", path);
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    before("create", path);
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    before("list", path);
    return super.listStatus(path);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    before("status", path);
    return super.getFileStatus(path);
  }

  /** As in HDFS, a file never takes the place of another, whoever comes between look and act. */
  @Override
  public boolean rename(Path from, Path to) throws IOException {
    before("rename", from);
    if (!pathToFile(from).isFile()) {
      return super.rename(from, to);
    }
    try {
      Files.createLink(pathToFile(to).toPath(), pathToFile(from).toPath());
    } catch (java.nio.file.FileAlreadyExistsException e) {
      throw new FileAlreadyExistsException(to.toString());
    }
    Files.delete(pathToFile(from).toPath());
    return true;
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    before("delete", path);
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    before("mkdirs", path);
    return super.mkdirs(path);
  }
}
