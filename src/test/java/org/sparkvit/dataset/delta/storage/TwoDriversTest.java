package org.sparkvit.dataset.delta.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.delta.kernel.engine.Engine;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.S3Server;

/** Two processes that append to one table at once. */
class TwoDriversTest {
  private static final int FEW = 15;
  private static final int MANY = 50;

  @TempDir private Path folder;

  @AfterAll
  static void forget() throws Exception {
    FileSystem.closeAll();
  }

  @Test
  void onS3AllAppendsStay() throws Exception {
    onS3(FEW);
  }

  private void onS3(int appends) throws Exception {
    try (S3Server s3 = S3Server.start()) {
      s3.createBucket("drivers-" + appends);
      allStay("s3a://drivers-" + appends + "/table", s3.port(), appends);
    }
  }

  @Test
  void onALocalDiskAllAppendsStay() throws Exception {
    onALocalDisk(FEW);
  }

  private void onALocalDisk(int appends) throws Exception {
    allStay(folder.resolve("table").toUri().toString(), 0, appends);
  }

  @Test
  @Tag("slow")
  void manyAppendsStay() throws Exception {
    onALocalDisk(MANY);
    onS3(MANY);
  }

  private void allStay(String table, int port, int appends) throws Exception {
    Engine engine = AppendingDriver.engine(port);
    AppendingDriver.create(engine, table);
    List<Process> drivers = new ArrayList<>();
    try {
      for (String name : List.of("one", "other")) {
        drivers.add(start(table, Integer.toString(port), Integer.toString(appends), name));
      }
      for (Process driver : drivers) {
        assertThat(driver.waitFor(120, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      drivers.forEach(Process::destroyForcibly);
    }
    assertThat(drivers).allSatisfy(driver -> assertThat(driver.exitValue()).as(output()).isZero());
    assertThat(AppendingDriver.files(engine, table)).hasSize(2 * appends);
  }

  private Process start(String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder,
                "-D"
                    + LogStores.SETTING
                    + "="
                    + System.getProperty(LogStores.SETTING, "conditional-put"),
                "-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"),
                "-cp",
                System.getProperty("java.class.path"),
                AppendingDriver.class.getName()));
    command.addAll(List.of(args));
    File log = folder.resolve(args[3] + ".log").toFile();
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
  }

  private String output() {
    StringBuilder output = new StringBuilder();
    for (String name : List.of("one", "other")) {
      try {
        output.append(Files.readString(folder.resolve(name + ".log")));
      } catch (IOException e) {
        output.append(e);
      }
    }
    return output.toString();
  }
}
