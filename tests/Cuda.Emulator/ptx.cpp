#include "ptx.h"

#include <cstdio>
#include <cstring>
#include <set>
#include <sstream>

namespace
{
/// Bytes of ".u64 name", ".align 8 .b8 name[136]" and the like; their name too.
size_t size_of_declaration(const char* text, std::string& name)
{
    int align = 0, bits = 0;
    size_t count = 1;
    char word[512] = "";
    if (sscanf(text, " .align %d .%*c%d %511[^][;, \n][%zu]", &align, &bits, word, &count) < 3)
        sscanf(text, " .%*c%d %511[^][;, \n][%zu]", &bits, word, &count);
    name = word;
    return bits / 8 * count;
}

/// The names in a line.
std::vector<std::string> words(const std::string& line)
{
    std::vector<std::string> result;
    for (size_t i = 0; i < line.size();)
    {
        size_t end = i;
        while (end < line.size() && (isalnum(line[end]) || line[end] == '_' || line[end] == '$')) end++;
        if (end > i) result.push_back(line.substr(i, end - i));
        i = end + 1;
    }
    return result;
}
}

Module parse_ptx(const std::string& text)
{
    // clang writes a declaration or an instruction to a line, and an entry's braces at the start of theirs.
    Module module;
    std::map<std::string, size_t> shared;
    std::set<std::string> used;
    Entry* entry = nullptr;
    std::string entry_name, name;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
    {
        int major, minor, x, y, z;
        char word[512];
        size_t at;
        if (sscanf(line.c_str(), ".version %d.%d", &major, &minor) == 2) module.version = 10 * major + minor;
        else if (line.find(".extern .func") != std::string::npos) module.error = "unresolved function: " + line;
        else if (sscanf(line.c_str(), ".visible .entry %511[^( ]", word) == 1) entry = &module.entries[entry_name = word];
        else if (sscanf(line.c_str(), ".maxntid %d, %d, %d", &x, &y, &z) == 3 && entry) entry->threads = x * y * z;
        else if ((at = line.find(".shared .align")) != std::string::npos)
        {
            size_t bytes = size_of_declaration(line.c_str() + at + strlen(".shared"), name);
            shared[name] = bytes;
        }
        else if (entry && line.rfind("\t.param ", 0) == 0) entry->sizes.push_back(size_of_declaration(line.c_str() + strlen("\t.param"), name));
        else if (entry && line == "}")
        {
            for (const std::string& variable : used) entry->shared += shared[variable];
            if (entry->shared > 48 << 10)
                module.error = entry_name + " needs " + std::to_string(entry->shared) + " bytes of shared memory; there are 49152";
            used.clear();
            entry = nullptr;
        }
        else if (entry)
        {
            for (const std::string& each : words(line))
                if (shared.count(each)) used.insert(each);
        }
    }
    if (module.version == 0) module.error = "this is not PTX";
    return module;
}
