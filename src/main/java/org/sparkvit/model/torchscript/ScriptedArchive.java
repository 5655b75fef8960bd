package org.sparkvit.model.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.StandIn;

/**
 * The result of inspecting a TorchScript archive. It is inspected before PyTorch loads it, as
 * loading may already run code ({@code __setstate__}). A module is a program. One that names an
 * operator beyond arithmetic is refused. This does not stop hostile models, but no model that is
 * trusted by mistake writes a file.
 *
 * @param storages the types of the tensors, such as {@code FloatStorage}
 * @param squeezes whether the code uses a sigmoid that its answer may have passed through
 */
public record ScriptedArchive(Set<String> storages, boolean squeezes) implements Serializable {
  /**
   * The largest size of code and structure in bytes. The largest published networks need a few
   * megabytes.
   */
  private static final long MOST_CODE = 64L << 20;

  private static final int MOST_ENTRIES = 1_000_000;

  private static final int LOCAL_FILE = 0x504b0304;

  public ScriptedArchive {
    storages = Collections.unmodifiableSet(new TreeSet<>(storages));
  }

  /**
   * Inspects an archive.
   *
   * @throws UserException when the file is no archive, is too large when unpacked, names an
   *     operator or class that is not on the list, or gives no logits as its code shows
   */
  static ScriptedArchive inspect(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(StandIn.BYTES);
      StandIn.refuse(file, new String(start, StandardCharsets.ISO_8859_1));
      if (start.length < 4 || java.nio.ByteBuffer.wrap(start).getInt() != LOCAL_FILE) {
        throw new UserException(
            file
                + ": is no TorchScript archive; save the model by torch.jit.trace or"
                + " torch.jit.script, not by torch.save");
      }
    } catch (IOException e) {
      throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return inspect(file, zip);
    } catch (ZipException e) {
      throw new UserException(
          file + ": is a damaged archive (" + e.getMessage() + "); copy it again", e);
    } catch (IOException e) {
      throw new UserException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ScriptedArchive inspect(Path file, ZipFile zip) throws IOException {
    if (zip.size() > MOST_ENTRIES) {
      throw new UserException(file + ": has " + zip.size() + " entries; no module has so many");
    }
    Set<String> seen = new HashSet<>();
    List<ZipEntry> code = new ArrayList<>();
    List<ZipEntry> pickles = new ArrayList<>();
    for (ZipEntry entry : Collections.list(zip.entries())) {
      // PyTorch ignores case where it looks entries up.
      String name = entry.getName().toLowerCase(Locale.ROOT);
      if (!seen.add(name)) {
        throw new UserException(file + ": has two entries called " + entry.getName());
      }
      if (entry.getMethod() != ZipEntry.STORED && entry.getSize() > MOST_CODE) {
        throw new UserException(
            file + ": " + entry.getName() + " unpacks to " + entry.getSize() + " bytes");
      }
      if (name.endsWith(".py")) {
        code.add(entry);
      } else if (name.endsWith(".pkl")) {
        pickles.add(entry);
      }
    }
    if (code.isEmpty()) {
      throw new UserException(
          file
              + ": holds weights without code (torch.save); save the model by torch.jit.trace or"
              + " torch.jit.script");
    }
    long left = MOST_CODE;
    ScriptedCode rules = new ScriptedCode(file);
    Set<String> storages = new TreeSet<>();
    String model = "";
    for (ZipEntry entry : pickles) {
      byte[] bytes = bytes(file, zip, entry, left);
      left -= bytes.length;
      Set<String> globals = PickleGlobals.of(file + ": " + entry.getName(), bytes);
      rules.checkGlobals(globals, storages);
      if (entry.getName().endsWith("/data.pkl")) {
        // The pickle names the class of the whole model before those of its parts.
        model = globals.stream().findFirst().orElse("").replace(' ', '.');
      }
    }
    Map<String, String> files = new HashMap<>();
    for (ZipEntry entry : code) {
      byte[] bytes = bytes(file, zip, entry, left);
      left -= bytes.length;
      String text = new String(bytes, StandardCharsets.UTF_8);
      rules.check(entry.getName(), text);
      files.put(module(entry.getName()), text);
    }
    String last = ScriptedOutput.last(files, model);
    ScriptedOutput.flaw(last)
        .ifPresent(
            flaw -> {
              throw new UserException(
                  file
                      + ": ends in "
                      + flaw
                      + "; logits [N, labels] are due: save the module without that");
            });
    boolean squeezes =
        !ScriptedOutput.isUnbounded(last)
            && files.values().stream().anyMatch(text -> text.contains("sigmoid"));
    return new ScriptedArchive(storages, squeezes);
  }

  /**
   * Returns the name of a module, such as {@code __torch__.a} for {@code m/code/__torch__/a.py}.
   */
  private static String module(String entry) {
    return entry.replaceFirst("^.*?code/", "").replaceFirst("\\.py$", "").replace('/', '.');
  }

  private static byte[] bytes(Path file, ZipFile zip, ZipEntry entry, long most)
      throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes((int) most + 1);
      if (bytes.length > most) {
        throw new UserException(
            file
                + ": its code unpacks to more than "
                + MOST_CODE
                + " bytes; no module has so much");
      }
      return bytes;
    }
  }
}
